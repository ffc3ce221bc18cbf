"""What simulated visitors write, by how they felt about the service."""

UNHAPPY = (
    "Antrean terlalu lama, saya menunggu lebih dari dua jam.",
    "Loket yang buka hanya satu padahal pengunjung banyak.",
    "Persyaratan di situs berbeda dengan yang diminta petugas.",
    "Sudah dua kali datang, berkas saya belum juga selesai.",
    "Kursi di ruang tunggu kurang, banyak yang berdiri.",
    "Petugas kurang ramah saat saya bertanya.",
    "Tidak ada kabar soal pengaduan saya bulan lalu.",
)
CONTENT = (
    "Sudah baik, tolong ditambah colokan listrik di ruang tunggu.",
    "Cukup cepat, tetapi papan petunjuk arah kurang jelas.",
    "Mohon ada formulir yang bisa diisi dari rumah.",
    "Pelayanan lumayan, semoga jam istirahat tetap ada petugas.",
    "Baik. Akan lebih baik bila ada nomor antrean daring.",
)
HAPPY = (
    "Petugasnya ramah dan sabar menjelaskan, terima kasih.",
    "Cepat sekali, lima belas menit sudah selesai.",
    "Pelayanan sangat memuaskan, pertahankan!",
    "Terima kasih, saya dibantu dari awal sampai selesai 🙏",
    "Tempatnya bersih dan nyaman, ada pojok bermain anak.",
    "Prosesnya jelas dan tidak dipungut biaya.",
)


def written_by(mood: float) -> tuple[str, ...]:
    """The remarks that fit a mood from 0 (worst answer everywhere) to 1 (best answer everywhere)."""
    if mood < 0.5:
        return UNHAPPY
    return HAPPY if mood > 0.8 else CONTENT
