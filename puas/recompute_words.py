"""What `puas recompute` says, in Indonesian and in English."""

from collections.abc import Mapping
from decimal import Decimal
from types import MappingProxyType

from satisfaction.text import Language, Text

WORDS: Mapping[str, Text] = MappingProxyType(
    {
        "elements": Text(id="{count} unsur", en="{count} elements"),
        "published": Text(id="terbit: {figures}", en="published: {figures}"),
        "ikm": Text(id="IKM {value}", en="IKM {value}"),
        "index": Text(id="indeks {value}", en="index {value}"),
        "band": Text(id="mutu {value}", en="band {value}"),
        "head_source": Text(id="Dihitung dari", en="Computed from"),
        "head_weight": Text(id="Bobot", en="Weight"),
        "head_index": Text(id="Indeks", en="Index"),
        "head_rounded": Text(id="Dibulatkan", en="Rounded"),
        "head_same": Text(id="Sama?", en="Same?"),
        "histograms": Text(id="jumlah jawaban", en="answer counts"),
        "averages": Text(id="NRR tercetak", en="printed averages"),
        "exact": Text(id="tepat 1/{count}", en="exact 1/{count}"),
        "yes": Text(id="ya", en="yes"),
        "no": Text(id="tidak", en="no"),
        "reproduced": Text(
            id="COCOK: {claimed} diperoleh dengan bobot {convention}, dari {source}.",
            en="REPRODUCED: {claimed} follows with weight {convention}, from the {source}.",
        ),
        "also": Text(id="Juga cocok: {others}.", en="Also reproduced by: {others}."),
        "not_reproduced": Text(
            id="TIDAK COCOK: tidak ada bobot yang menghasilkan {claimed}. Yang terdekat {nearest} (bobot {convention}, "
            "dari {source}), selisih {miss}.",
            en="NOT REPRODUCED: no weight gives {claimed}. The nearest is {nearest} (weight {convention}, from the "
            "{source}); the published figure is off by {miss}.",
        ),
        "index_fails": Text(
            id="Perhatian: indeks terbit {value} tidak sesuai dengan IKM yang cocok itu.",
            en="Note: the published index {value} does not fit that IKM.",
        ),
        "band_fits": Text(
            id="Mutu {published} sesuai dengan IKM terbit ({table}).",
            en="Band {published} fits the published IKM ({table}).",
        ),
        "band_fails": Text(
            id="MUTU SALAH: terbit {published}, padahal IKM terbit bermutu {of_published} ({table}).",
            en="WRONG BAND: published {published}, but the published IKM is in band {of_published} ({table}).",
        ),
        "band_elsewhere": Text(
            id="Mutu {published} memang benar menurut tabel {tables}.",
            en="Band {published} would be right by {tables}.",
        ),
        "band_recomputed": Text(
            id="IKM hasil hitung ulang bermutu {of_recomputed}.", en="The recomputed IKM is in band {of_recomputed}."
        ),
        "hint_weight": Text(
            id="Petunjuk: bobot {weight} menghasilkan angka itu, tetapi jumlah bobotnya {sum}, bukan 1.",
            en="Hint: a weight of {weight} gives that figure, but such weights sum to {sum}, not to 1.",
        ),
        "hint_cut_off": Text(
            id="Petunjuk: angka itu dipotong, bukan dibulatkan (bobot {convention}).",
            en="Hint: that figure was cut off instead of rounded (weight {convention}).",
        ),
        "hint_rounded_index": Text(
            id="Petunjuk: angka itu muncul bila indeks dibulatkan dulu ke {places} desimal (bobot {convention}).",
            en="Hint: that figure follows when the index is first rounded to {places} decimals (weight {convention}).",
        ),
        "hint_rounded_weighted": Text(
            id="Petunjuk: angka itu muncul bila tiap NRR tertimbang dibulatkan dulu ke {places} desimal "
            "(bobot {convention}).",
            en="Hint: that figure follows when each weighted average is first rounded to {places} decimals "
            "(weight {convention}).",
        ),
        "hint_rounded_averages": Text(
            id="Petunjuk: angka itu muncul bila NRR dibulatkan dulu ke {places} desimal (bobot {convention}).",
            en="Hint: that figure follows when the averages are first rounded to {places} decimals "
            "(weight {convention}).",
        ),
        "hint_printed_index": Text(
            id="Petunjuk: angka itu adalah indeksnya (bobot {convention}); IKM adalah indeks dikali 100 dibagi nilai "
            "jawaban tertinggi.",
            en="Hint: that figure is the index (weight {convention}); the IKM is the index times 100 over the highest "
            "answer.",
        ),
        "hint_within_rounding": Text(
            id="Petunjuk: NRR tercetak terlalu kasar untuk memastikan; selisihnya dapat berasal dari pembulatan NRR "
            "(bobot {convention}). Jumlah jawaban akan memastikannya.",
            en="Hint: the printed averages are too coarse to tell; rounding them may explain the difference (weight "
            "{convention}). Answer counts would settle it.",
        ),
        "note_averages": Text(
            id="Perhatian: NRR tercetak tidak sesuai dengan jumlah jawaban pada {elements}.",
            en="Note: the printed averages differ from the answer counts for {elements}.",
        ),
        "note_n": Text(
            id="Perhatian: jumlah jawaban melebihi n = {n} pada {elements}.",
            en="Note: there are more answers than n = {n} for {elements}.",
        ),
        "total": Text(
            id="{reproduced} dari {count} hasil cocok; {failed} tidak cocok; {bands} mutu salah.",
            en="{reproduced} of {count} results reproduced; {failed} not; {bands} with a wrong band.",
        ),
    }
)
"""By name: a sentence or a word with its places to fill."""


def say(name: str, language: Language, **values: object) -> str:
    """The sentence of this name with its places filled."""
    return WORDS[name].in_language(language).format(**values)


def number(value: Decimal | str, language: Language) -> str:
    """A figure as people of that language write it.

    >>> number(Decimal("87.64"), "id"), number("87.64", "en")
    ('87,64', '87.64')
    """
    return str(value).replace(".", ",") if language == "id" else str(value)
