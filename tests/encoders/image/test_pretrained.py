import json

import numpy as np
import pytest
import torch

from shelfspace.data.images import Photos
from shelfspace.encoders import load_encoder
from shelfspace.encoders.image.pretrained import VisionEncoder
from shelfspace.errors import ShelfspaceError, SpaceError

transformers = pytest.importorskip("transformers")

TALL = {"hidden_size": 16, "num_hidden_layers": 1, "num_attention_heads": 2, "intermediate_size": 32}
SIGHT = {**TALL, "image_size": 16, "patch_size": 8}
TEXT = {**TALL, "vocab_size": 20, "max_position_embeddings": 8}


def clip():
    return transformers.CLIPModel(
        transformers.CLIPConfig(text_config=TEXT, vision_config=SIGHT, projection_dim=12)
    )


def siglip():
    return transformers.SiglipVisionModel(transformers.SiglipVisionConfig(**SIGHT))


MODELS = {
    "resnet": lambda: transformers.ResNetModel(
        transformers.ResNetConfig(embedding_size=8, hidden_sizes=[8, 16], depths=[1, 1], layer_type="basic")
    ),
    "convnext": lambda: transformers.ConvNextModel(
        transformers.ConvNextConfig(num_stages=2, hidden_sizes=[8, 16], depths=[1, 1])
    ),
    "vit": lambda: transformers.ViTModel(transformers.ViTConfig(**SIGHT), add_pooling_layer=False),
    "dinov2": lambda: transformers.Dinov2Model(transformers.Dinov2Config(**SIGHT)),
    "siglip": siglip,
    "clip": clip,
}


def saved(name, folder):
    with torch.random.fork_rng():
        torch.manual_seed(0)
        MODELS[name]().save_pretrained(folder)
    told = {"size": {"shortest_edge": 16}, "image_mean": [0.5] * 3, "image_std": [0.25] * 3}
    (folder / "preprocessor_config.json").write_text(json.dumps(told))
    return folder


def photos(n=5):
    found = np.ones(n, bool)
    found[1] = False
    return Photos(np.random.default_rng(0).integers(0, 256, (n, 24, 24, 3), dtype=np.uint8), found)


@pytest.mark.parametrize("name", list(MODELS))
def test_every_backbone_shows_the_same_face(name, tmp_path):
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    encoder = VisionEncoder.from_pretrained(saved(name, tmp_path / "a"), precision="float32")
    vectors = encoder.encode_photos(photos())
    assert vectors.shape == (5, encoder.dim)
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), [1, 0, 1, 1, 1], atol=1e-5)
    assert (encoder.size, encoder.mean, encoder.spread) == (16, (0.5,) * 3, (0.25,) * 3)
    encoder.save(tmp_path / "b")
    loaded = load_encoder(tmp_path / "b")
    assert (loaded.kind, loaded.size, loaded.mean) == ("vision", 16, (0.5,) * 3)
    np.testing.assert_allclose(loaded.encode_photos(photos()), vectors, atol=1e-5)


def test_no_photo_gives_no_row(tmp_path):
    encoder = VisionEncoder.from_pretrained(saved("resnet", tmp_path))
    assert encoder.encode_photos(Photos.absent(0)).shape == (0, encoder.dim)


def test_what_is_no_vision_model_is_refused(tiny_bert, tmp_path):
    with pytest.raises(ShelfspaceError):
        VisionEncoder.from_pretrained(tiny_bert)
    with pytest.raises(ShelfspaceError, match="cannot be loaded"):
        VisionEncoder.from_pretrained(tmp_path)


def test_damage_is_told(tmp_path):
    saved("resnet", tmp_path)
    (tmp_path / "encoder.json").write_text(json.dumps({"kind": "vision", "dim": 3, "precision": "auto"}))
    with pytest.raises(SpaceError, match="instead of 3"):
        load_encoder(tmp_path)
