"""A tiny sequence classifier, saved as anybody would: its weights are set by hand to know glad words from angry ones."""

from __future__ import annotations

from pathlib import Path

GLAD = ["good", "love", "great", "kind"]
PLAIN = ["parcel", "monday", "shop", "the"]
ANGRY = ["bad", "hate", "late", "rude"]
LABELS = ("LABEL_0", "LABEL_1", "LABEL_2")
SPECIAL = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
PIECES = [*SPECIAL, *GLAD, *PLAIN, *ANGRY, ".", ",", "!", "@", "user", "http"]
WIDTH = 16


def save_tiny(
    folder: Path, labels: tuple[str, ...] = LABELS, *, positions: int = 24, strength: float = 4.0, **more: object
) -> Path:
    """Save a BERT of one layer and its tokenizer; `labels` run from angry to glad, `strength` is how sure it is."""
    import torch
    from transformers import BertConfig, BertForSequenceClassification, BertTokenizer

    config = BertConfig(
        vocab_size=len(PIECES), hidden_size=WIDTH, num_hidden_layers=1, num_attention_heads=2, intermediate_size=8,
        max_position_embeddings=positions, id2label=dict(enumerate(labels)), label2id={name: i for i, name in enumerate(labels)},
        **more,
    )  # fmt: skip
    model = BertForSequenceClassification(config)
    with torch.no_grad():
        teach(model, strength)
    model.save_pretrained(folder)
    BertTokenizer(vocab={piece: i for i, piece in enumerate(PIECES)}).save_pretrained(folder)
    return folder


def teach(model, strength: float) -> None:
    """Let the first state be the mean of the words' moods, moods outweighing plain words, and each label read one mood."""
    import torch

    for name, weights in model.named_parameters():
        weights.fill_(1.0 if name.endswith("LayerNorm.weight") else 0.0)
    for mood, words in enumerate((ANGRY, PLAIN, GLAD)):
        for word in words:
            model.bert.embeddings.word_embeddings.weight[PIECES.index(word), mood] = 1.0
    attention = model.bert.encoder.layer[0].attention
    attention.self.value.weight.copy_(torch.diag(torch.tensor([3.0, 0.5, 3.0] + [0.0] * (WIDTH - 3))))
    attention.output.dense.weight.copy_(torch.eye(WIDTH))
    model.bert.pooler.dense.weight.copy_(torch.eye(WIDTH))
    classes = model.config.num_labels
    for mood in range(3):
        model.classifier.weight[round(mood * (classes - 1) / 2), mood] = strength
