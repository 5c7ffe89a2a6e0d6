"""Tiny models of the architectures that the GPU profile serves, with random weights, written as a hub's folders are."""

from __future__ import annotations

from pathlib import Path

import torch
from tokenizers import Tokenizer, models, pre_tokenizers, processors
from transformers import (
    PreTrainedTokenizerFast,
    SiglipConfig,
    SiglipModel,
    XLMRobertaConfig,
    XLMRobertaForSequenceClassification,
)
from transformers.models.siglip.image_processing_pil_siglip import SiglipImageProcessorPil

TOKENS = 32
LETTERS = 600


def text_image_model(folder: Path, seed: int = 0) -> Path:
    """The architecture of SigLIP 2 with a fixed resolution; 24 values a vector."""
    torch.manual_seed(seed)
    tower = {"hidden_size": 24, "intermediate_size": 32, "num_hidden_layers": 2, "num_attention_heads": 2}
    tokenizer = _tokenizer()
    text = {**tower, "vocab_size": len(tokenizer), "max_position_embeddings": TOKENS, "pad_token_id": 0}
    vision = {**tower, "image_size": 32, "patch_size": 8}
    SiglipModel(SiglipConfig(text_config=text, vision_config=vision)).save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    SiglipImageProcessorPil(
        size={"height": 32, "width": 32}, resample=2, image_mean=[0.5] * 3, image_std=[0.5] * 3
    ).save_pretrained(folder)
    return folder


def cross_encoder(folder: Path, labels: int = 1) -> Path:
    """The architecture of bge-reranker-v2-m3."""
    torch.manual_seed(0)
    tokenizer = _tokenizer()
    config = XLMRobertaConfig(
        vocab_size=len(tokenizer), hidden_size=24, intermediate_size=32, num_hidden_layers=2, num_attention_heads=2,
        max_position_embeddings=512, pad_token_id=0, num_labels=labels,
    )  # fmt: skip
    XLMRobertaForSequenceClassification(config).save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    return folder


def _tokenizer() -> PreTrainedTokenizerFast:
    """Letters and common Chinese characters as tokens."""
    special = ["<pad>", "</s>", "<unk>", "<s>"]
    letters = [chr(code) for code in (*range(33, 127), *range(0x4E00, 0x4E00 + LETTERS))]
    vocabulary = {token: at for at, token in enumerate([*special, *letters, *"杯子红色蓝帐篷防水"])}
    made = Tokenizer(models.WordLevel({token: at for at, token in enumerate(vocabulary)}, unk_token="<unk>"))
    made.pre_tokenizer = pre_tokenizers.Split("", "isolated")
    made.post_processor = processors.TemplateProcessing(
        single="$A </s>", pair="$A </s> $B </s>", special_tokens=[("</s>", 1)]
    )
    return PreTrainedTokenizerFast(
        tokenizer_object=made, pad_token="<pad>", eos_token="</s>", unk_token="<unk>", padding_side="right"
    )
