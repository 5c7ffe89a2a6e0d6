from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image
from safetensors.torch import load_file

from retrieval.encoders import lite0, minilm
from retrieval.encoders.embedded import (
    IMAGE_FILE,
    IMAGE_PACKAGE,
    TEXT_DIRECTORY,
    TEXT_PACKAGE,
    ImageEncoder,
    ModelFilesMissing,
    TextEncoder,
    package_path,
)
from retrieval.encoders.pictures import MAX_BYTES, BadPicture, PictureCache, catalogue_picture, open_picture
from retrieval.fusion import Blocks, catalogue_centre, centred
from tests.retrieval_samples import SHOP

SVG = b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 10 10"><rect width="10" height="10" fill="#f00"/></svg>'


@pytest.fixture(scope="module")
def text_encoder() -> TextEncoder:
    return TextEncoder()


@pytest.fixture(scope="module")
def image_encoder() -> ImageEncoder:
    return ImageEncoder()


def encoded(picture: Image.Image, form: str = "PNG", **options: object) -> bytes:
    stream = io.BytesIO()
    picture.save(stream, form, **options)
    return stream.getvalue()


def test_lean_forward_agrees_with_the_reference_implementation(text_encoder: TextEncoder) -> None:
    # The first values that transformers' own model gives with mean pooling, in float32.
    reference = [-0.0819, 0.0785, 0.0397, 0.1283, 0.0945, 0.0134, 0.0888, -0.0315, -0.0454, 0.0751, -0.0454, -0.0405]
    vector = text_encoder.encode_one("A warm, waterproof jacket for hiking in winter")
    assert np.allclose(vector[: len(reference)], reference, atol=3e-3)


def test_batches_of_any_length_give_what_single_texts_give(text_encoder: TextEncoder) -> None:
    texts = ["red shoes", "", "a very long text about boots " * 40, "red shoes", "kettle"]
    together = text_encoder.encode(texts, batch_size=2)
    alone = np.stack([text_encoder.encode_one(text) for text in texts])
    assert np.allclose(np.sum(together * alone, axis=1), 1, atol=2e-3)
    assert np.allclose(np.linalg.norm(together, axis=1), 1, atol=1e-4)
    assert text_encoder.encode([]).shape == (0, 384)


def alike(left: torch.Tensor, right: torch.Tensor) -> float:
    return float(torch.cosine_similarity(left.float(), right.float(), dim=-1).min())


@pytest.mark.parametrize(
    "dtype",
    [
        torch.float32,
        pytest.param(
            torch.bfloat16,
            marks=pytest.mark.skipif(
                not torch.cpu._is_avx512_bf16_supported(),
                reason="this processor multiplies no bfloat16, nor is it used",
            ),
        ),
    ],
)
def test_packed_weights_give_the_vectors_of_the_plain_operations(dtype: torch.dtype) -> None:
    """Why the encoders' fingerprints need not name how the weights are laid out."""
    of_text = load_file(package_path(TEXT_PACKAGE, TEXT_DIRECTORY) / "model.safetensors")
    of_pictures = torch.load(package_path(IMAGE_PACKAGE, IMAGE_FILE), weights_only=True)
    ids = torch.arange(1000, 1048).view(3, 16)
    mask = torch.ones_like(ids)
    mask[1, 9:] = 0
    files = sorted((SHOP / "pictures").glob("*.svg"))[::300]
    pixels = [np.asarray(catalogue_picture(file.read_bytes(), 224).resize((224, 160))) for file in files]
    pictures = (torch.from_numpy(np.stack(pixels)).permute(0, 3, 1, 2).to(dtype) - 127.0) / 128.0
    with torch.inference_mode():
        plain, packed = (minilm.MiniLM(of_text, dtype, packed=packed)(ids, mask) for packed in (False, True))
        assert alike(plain, packed) > 0.9998
        networks = [lite0.Lite0(of_pictures, dtype, packed=packed) for packed in (False, True)]
        assert alike(networks[0](pictures), networks[1](pictures)) > 0.9998
        assert alike(networks[1](pictures), networks[1](pictures.contiguous())) > 0.9998
        inner = [network.layered(pictures)[1] for network in networks]
        assert alike(inner[0], inner[1]) > 0.9998


def test_meaning_is_nearer_than_other_meaning(text_encoder: TextEncoder) -> None:
    asked, near, far = text_encoder.encode(["something to boil water in", "electric kettle", "running shoes"])
    assert asked @ near > asked @ far + 0.1


def test_picture_of_the_catalogue_is_found_again_after_a_change(image_encoder: ImageEncoder) -> None:
    files = sorted((SHOP / "pictures").glob("*.svg"))[::60]
    pictures = [catalogue_picture(file.read_bytes(), 224) for file in files]
    vectors = image_encoder.encode(pictures)
    centre = catalogue_centre(vectors)
    worn = image_encoder.encode([picture.rotate(5, fillcolor="white").resize((160, 160)) for picture in pictures])
    likeness = centred(worn, centre) @ centred(vectors, centre).T
    assert (likeness.argmax(axis=1) == np.arange(len(files))).mean() > 0.85


def test_kinds_are_probabilities(image_encoder: ImageEncoder) -> None:
    _, kinds = image_encoder.see(Image.new("RGB", (50, 80), "green"))
    assert 0 <= sum(kinds.values()) <= 1.0001


def test_missing_files_are_named(tmp_path: Path) -> None:
    with pytest.raises(ModelFilesMissing, match=r"tokenizer\.json"):
        TextEncoder(tmp_path)
    with pytest.raises(ModelFilesMissing, match="pip install"):
        ImageEncoder(tmp_path / "no.pth")


def test_fused_dot_product_is_the_weighted_sum_of_the_blocks() -> None:
    random = np.random.default_rng(0)
    text, image = random.normal(size=(3, 4)).astype(np.float32), random.normal(size=(3, 5)).astype(np.float32)
    blocks = Blocks(4, 5)
    fused = blocks.join(text, image)
    query = blocks.query(text[0], image[1], 0.7, 0.3)
    assert np.allclose(fused @ query, 0.7 * text @ text[0] + 0.3 * image @ image[1], atol=1e-5)
    assert np.allclose(blocks.split(fused)[1], image)


def test_views_without_pictures_stay_zero_when_centred() -> None:
    images = np.array([[1, 0], [0, 1], [0, 0]], dtype=np.float32)
    result = centred(images, catalogue_centre(images))
    assert not result[2].any()
    assert np.allclose(np.linalg.norm(result[:2], axis=1), 1)


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "empty"),
        (b"this is text in a .png file", "not_a_picture"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "not_a_picture"),
        (b"\x89PNG\r\n" + bytes(MAX_BYTES), "too_large"),
        (encoded(Image.new("RGB", (8, 8))), "too_small"),
        (encoded(Image.effect_noise((300, 300), 90))[:9000], "damaged"),
        (encoded(Image.new("1", (8000, 8000))), "too_many_pixels"),
    ],
)
def test_bad_pictures_are_refused_with_a_code(data: bytes, code: str) -> None:
    with pytest.raises(BadPicture) as refused:
        open_picture(data)
    assert refused.value.code == code


def test_pictures_become_upright_rgb_on_white() -> None:
    clear = open_picture(encoded(Image.new("RGBA", (40, 40), (255, 0, 0, 0))))
    assert clear.mode == "RGB"
    assert clear.getpixel((5, 5)) == (255, 255, 255)
    assert open_picture(encoded(Image.new("CMYK", (40, 40)), "JPEG")).mode == "RGB"
    frames = [Image.new("RGB", (40, 40), colour) for colour in ("red", "blue")]
    animated = open_picture(encoded(frames[0], "GIF", save_all=True, append_images=frames[1:]))
    assert animated.getpixel((5, 5)) == (255, 0, 0) or animated.getpixel((5, 5)) == (254, 0, 0)
    turned = Image.new("RGB", (60, 40))
    exif = turned.getexif()
    exif[0x0112] = 6
    assert open_picture(encoded(turned, "JPEG", exif=exif)).size == (40, 60)


def test_cache_draws_once_and_keeps_by_content(tmp_path: Path) -> None:
    cache = PictureCache(tmp_path / "cache")
    (tmp_path / "a.svg").write_bytes(SVG)
    first = cache.path(tmp_path / "a.svg")
    drawn = first.stat().st_mtime_ns
    assert cache.path(tmp_path / "a.svg") == first
    assert first.stat().st_mtime_ns == drawn
    assert Image.open(first).size == (480, 480)
    with pytest.raises(BadPicture):
        cache.store(b"<svg broken")
