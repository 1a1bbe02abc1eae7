"""The tokenizer of the bundled model, built from the pieces in its weights file."""

from __future__ import annotations

from typing import TYPE_CHECKING

from index.embedding.e5_file import Pieces

if TYPE_CHECKING:
    from tokenizers import Tokenizer
    from tokenizers.normalizers import Normalizer

_SPACE = "\u2581"  # SentencePiece's mark for a space
_TILDE, _KEPT_TILDE = "\uff5e", "\ufdd0"  # the latter is a non-character: never in real text


def build_tokenizer(pieces: Pieces) -> Tokenizer:
    """The Unigram tokenizer with SentencePiece's `nmt_nfkc` normalisation."""
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers, processors

    names = pieces.pieces
    tokenizer = Tokenizer(
        models.Unigram(list(zip(names, pieces.scores, strict=True)), unk_id=pieces.unknown)
    )
    tokenizer.normalizer = build_normalizer()
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace(_SPACE, prepend_scheme="always")
    tokenizer.decoder = decoders.Metaspace(_SPACE, prepend_scheme="always")
    bos, eos = names[pieces.bos], names[pieces.eos]
    tokenizer.post_processor = processors.TemplateProcessing(
        single=f"{bos} $A {eos}",
        pair=f"{bos} $A {eos} {eos} $B {eos}",
        special_tokens=[(bos, pieces.bos), (eos, pieces.eos)],
    )
    tokenizer.add_special_tokens(list(special_tokens(pieces).values()))
    return tokenizer


def build_normalizer() -> Normalizer:
    """SentencePiece's `nmt_nfkc`, put together from parts that `tokenizers` has.

    Subtle: `nmt_nfkc` is NFKC but for the full-width tilde, which the model knows as it is (10～20
    is common in Chinese); so it is hidden from NFKC. A test compares with the map in the weights
    file over all of Unicode. A charsmap taken from today's `sentencepiece` differs more: it follows
    a newer Unicode than the model was trained with.
    """
    from tokenizers import Regex, normalizers

    return normalizers.Sequence(
        [
            normalizers.Replace(_TILDE, _KEPT_TILDE),
            normalizers.Nmt(),
            normalizers.NFKC(),
            normalizers.Replace(_KEPT_TILDE, _TILDE),
            normalizers.Replace(Regex(" {2,}"), " "),
        ]
    )


def special_tokens(pieces: Pieces) -> dict[str, str]:
    """The tokens with a role, by the name that transformers has for the role."""
    names = pieces.pieces
    return {
        "bos_token": names[pieces.bos],
        "pad_token": names[pieces.pad],
        "eos_token": names[pieces.eos],
        "unk_token": names[pieces.unknown],
        "mask_token": names[-1],  # the last piece
    }


def tokenizer_configuration(pieces: Pieces, max_tokens: int) -> dict[str, object]:
    """The content of tokenizer_config.json; longer texts are cut to `max_tokens`."""
    special = special_tokens(pieces)
    ids = {name: number for number, name in enumerate(pieces.pieces)}
    flags = dict.fromkeys(("single_word", "lstrip", "rstrip", "normalized"), False)
    return {
        # Subtle: with the generic class transformers takes tokenizer.json as it is; with XLM-R's
        # it would rebuild the tokenizer from that class's defaults (transformers 5.6 and later).
        "tokenizer_class": "PreTrainedTokenizerFast",
        "model_max_length": max_tokens,
        **special,
        "cls_token": special["bos_token"],
        "sep_token": special["eos_token"],
        # Subtle: without this list transformers parses all of tokenizer.json a second time.
        "added_tokens_decoder": {
            str(ids[name]): {"content": name, "special": True, **flags} for name in special.values()
        },
    }
