"""From kafka-python's errors to what the caller of a log is to do."""

from kafka import errors

from eventlog.interface import LogMisconfigured, LogUnavailable, RecordRefused

_REFUSED = (
    errors.MessageSizeTooLargeError,
    errors.RecordListTooLargeError,
    errors.InvalidRecordError,
    errors.InvalidTimestampError,
)
_MISCONFIGURED = (
    errors.AuthorizationError,
    errors.GroupMaxSizeReachedError,
    errors.IllegalSaslStateError,
    errors.InconsistentGroupProtocolError,
    errors.InvalidConfigurationError,
    errors.InvalidGroupIdError,
    errors.InvalidPartitionsError,
    errors.InvalidReplicationFactorError,
    errors.InvalidRequiredAcksError,
    errors.InvalidSessionTimeoutError,
    errors.InvalidTopicError,
    errors.KafkaConfigurationError,
    errors.PolicyViolationError,
    errors.SaslAuthenticationFailedError,
    errors.SecurityDisabledError,
    errors.UnsupportedForMessageFormatError,
    errors.UnsupportedSaslMechanismError,
    errors.UnsupportedVersionError,
)


def translated(error: Exception) -> LogUnavailable | LogMisconfigured | RecordRefused:
    """The port's exception for one of kafka-python's; what is unknown counts as passing trouble."""
    text = f"Kafka: {error}" if str(error) else f"Kafka: {type(error).__name__}"
    if isinstance(error, _REFUSED):
        return RecordRefused(text)
    if isinstance(error, _MISCONFIGURED):
        return LogMisconfigured(text)
    return LogUnavailable(text)
