"""Loading a sentence-transformers model for this processor: precision, imports, checks.

Measured here (2 cores with AMX, one thread each): bf16 encodes 2.6 to 3 times the tokens of fp32 at
cosine 0.9999; fused attention (`sdpa`) beats `eager` 1.5 to 2.8 times; `autocast` casts the weights
anew for every batch and gains nothing for a single question.
"""

from __future__ import annotations

import gc
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from index.errors import QinwenError

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer
    from torch import Tensor
    from torch.nn import Module

# Flags under which the processor multiplies bf16 natively: x86 vectors, x86 tiles, ARM.
_NATIVE_BF16 = ("avx512_bf16", "amx_bf16", "bf16")
_GC_LOCK = threading.Lock()


def load_model(folder: Path, bf16: bool) -> SentenceTransformer:
    """The model on the processor, never online, ready to embed.

    Raises QinwenError if the folder can't be loaded.
    """
    with _collector_paused():  # a quarter of the seconds that the imports take
        import torch
        from sentence_transformers import SentenceTransformer

        with quiet_loading():
            try:
                model = SentenceTransformer(
                    str(folder),
                    device="cpu",
                    local_files_only=True,
                    trust_remote_code=False,
                    model_kwargs={
                        "dtype": "auto" if bf16 else torch.float32,
                        "use_safetensors": True,
                    },
                )
            except (OSError, ValueError, RuntimeError, ImportError, KeyError) as error:
                raise QinwenError(
                    f"The model in {folder} can't be loaded: {_first_line(error)}.",
                    "Check embedding.model, and install the versions in constraints.txt.",
                ) from error
    model.eval()
    if bf16:
        _cast_to_bf16(model)
    return model


def native_bf16() -> bool:
    """True if bf16 is faster than fp32 on this processor, as far as torch can tell. Loads torch."""
    import torch

    if not torch.backends.mkldnn.is_available():  # type: ignore[no-untyped-call]
        return False
    if hasattr(torch.cpu, "get_capabilities"):
        return has_native_bf16(torch.cpu.get_capabilities())
    supported = getattr(torch.cpu, "_is_avx512_bf16_supported", None)  # torch before 2.11
    return bool(supported and supported())


def has_native_bf16(capabilities: Mapping[str, object]) -> bool:
    """The same for a processor's flags; none of them known means no."""
    return any(capabilities.get(flag) is True for flag in _NATIVE_BF16)


def _cast_to_bf16(model: SentenceTransformer) -> None:
    """Weights to bf16, but for embedding tables; pooling stays in fp32.

    Subtle: a table is only looked up, so its rows are cast after the look-up. That leaves 400 MB
    mapped from the file instead of read and copied, and saves a second of every start.
    """
    import torch
    from sentence_transformers.base.modules.transformer import Transformer

    first = model[0]
    if not isinstance(first, Transformer):  # a static model, a router: nothing to gain
        return
    for module in first.modules():
        if isinstance(module, torch.nn.Embedding):
            module.register_forward_hook(_output_to_bf16)
            continue
        for parameter in module.parameters(recurse=False):
            if parameter.is_floating_point():
                parameter.data = parameter.data.to(torch.bfloat16)
    first.register_forward_hook(_tokens_to_fp32)


def _output_to_bf16(_module: Module, _inputs: object, output: Tensor) -> Tensor:
    import torch

    return output.to(torch.bfloat16)


def _tokens_to_fp32(_module: Module, _inputs: object, features: dict[str, Any]) -> dict[str, Any]:
    for name, value in features.items():
        if hasattr(value, "is_floating_point") and value.is_floating_point():
            features[name] = value.float()
    return features


@contextmanager
def _collector_paused() -> Iterator[None]:
    """No garbage collection: imports make a million objects and hardly any garbage.

    What is alive at the end is set aside for good (`gc.freeze`), or the first collection after it
    would walk through all of it: 0.3 s, in the middle of the first question.
    """
    with _GC_LOCK:
        was_enabled = gc.isenabled()
        gc.disable()
        try:
            yield
        finally:
            gc.freeze()
            if was_enabled:
                gc.enable()


@contextmanager
def quiet_loading() -> Iterator[None]:
    """No bar for reading the weights: it takes a moment and would mix with our own lines."""
    from transformers.utils import logging

    was_shown = logging.is_progress_bar_enabled()
    logging.disable_progress_bar()  # type: ignore[no-untyped-call]
    try:
        yield
    finally:
        if was_shown:
            logging.enable_progress_bar()  # type: ignore[no-untyped-call]


def _first_line(error: BaseException) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[0].rstrip(".")
