-- wrk: taps on a kiosk's smileys, each with an event_id of its own; prints one line of JSON at the end.
local services = {"legalisasi", "konsultasi", "pengaduan", "informasi", "dapodik"}
local headers = {["Content-Type"] = "application/json"}
local template = '{"event_id":"%s%012x","unit":"ult-uji","service":"%s","touchpoint":"kiosk-uji","channel":"kiosk",'
    .. '"instrument":"smiley@1","answers":{"kepuasan":%d},"language":"id","duration_ms":%d}'
local prefix
local sent = 0

function init(_)
    local random = assert(io.open("/dev/urandom", "rb"))
    local a, b, c, d, e = random:read(5):byte(1, 5)
    random:close()
    local milliseconds = os.time() * 1000
    prefix = string.format("%08x-%04x-7%01x%02x-8%01x%02x-",
        math.floor(milliseconds / 65536), milliseconds % 65536, a % 16, b, c % 16, d)
    sent = e * 2 ^ 40
end

function request()
    sent = sent + 1
    local body = string.format(template, prefix, sent, services[sent % 5 + 1], sent % 4 + 1, 1000 + sent % 9000)
    return wrk.format("POST", "/v1/feedback", headers, body)
end

function done(summary, latency, _)
    local errors = summary.errors
    io.write(string.format(
        '{"requests":%d,"microseconds":%d,"refused":%d,"broken":%d,"p50":%d,"p99":%d}\n',
        summary.requests, summary.duration, errors.status,
        errors.connect + errors.read + errors.write + errors.timeout,
        latency:percentile(50), latency:percentile(99)))
end
