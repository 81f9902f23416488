"""Stable Diffusion in this process: what is asked of a model, and a real one where the extra is installed."""

import json
import logging
import subprocess
import sys
from importlib.util import find_spec

import numpy as np
import pytest
from tests.contracts.conftest import HIDDEN, PHOTO, sealed
from tests.doubles.scenes import oval, scenery
from tests.standins.pictures import pixels

from privateedit.core.edit import Instruction
from privateedit.core.framing import Framing
from privateedit.core.photo import Photo
from privateedit.errors import ContentRefused, ExtraMissing, InputError, ProviderError, UnknownInstruction
from privateedit.providers.diffusers import DiffusersEditor, _inpainted
from privateedit.providers.diffusion import Area, Dials

PROMPT = "a violet scarf"
REAL = pytest.mark.skipif(
    not all(find_spec(name) for name in ("torch", "diffusers", "transformers")), reason="without the extra"
)


@pytest.fixture
def folder(tmp_path):
    """A folder that looks like a model's."""
    (tmp_path / "model_index.json").write_text("{}")
    return str(tmp_path)


class Loader:
    """Loads a model that draws white where it is told to."""

    def __init__(self):
        self.loaded, self.asked = [], []

    def __call__(self, path):
        self.loaded.append(path)
        return self.inpaint

    def inpaint(self, prompt, sent, marked, dials):
        self.asked.append((prompt, sent, marked, dials))
        return np.where(marked[..., None], np.uint8(255), sent)


def drawn(mint, folder, options=None):
    picture = scenery(512, 512)
    payload = mint(picture, oval(512, 512, 250, 200, 60, 80))
    loader = Loader()
    editor = DiffusersEditor(pixels, folder, options or {}, loader)
    return payload, editor.edit(payload, Instruction(PROMPT)), loader


@pytest.mark.parametrize("area", list(Area))
def test_the_part_that_was_chosen_is_drawn_and_the_rest_is_not(mint, folder, area):
    payload, result, loader = drawn(mint, folder, {"area": area})
    anew = {Area.AROUND: ~payload.hidden, Area.MASK: payload.hidden, Area.ALL: np.ones_like(payload.hidden)}
    assert (result.pixels[anew[area]] == 255).all()
    assert (result.pixels[~anew[area]] == pixels(payload.data)[~anew[area]]).all()
    assert result.provider == "diffusers"
    assert loader.asked[0][0] == PROMPT


def test_all_but_the_hole_is_drawn_where_nothing_was_set(mint, folder):
    payload, _, loader = drawn(mint, folder)
    _, _, marked, dials = loader.asked[0]
    assert (marked == ~payload.hidden).all()
    assert dials == Dials()


def test_a_model_is_loaded_once_and_not_before_it_is_needed(mint, folder):
    loader = Loader()
    editor = DiffusersEditor(pixels, folder, {}, loader)
    editor.frame(4000, 3000, Framing())
    assert not loader.loaded
    payload = mint(scenery(512, 512), oval(512, 512, 250, 200, 60, 80))
    for _ in range(2):
        editor.edit(payload, Instruction(PROMPT))
    assert len(loader.loaded) == 1


def test_it_is_local_and_frames_in_steps_of_eight():
    editor = DiffusersEditor(pixels, "")
    assert editor.local
    framing = editor.frame(1001, 777, Framing("jpeg"))
    assert framing.image_format == "png"
    assert framing.canvas[0] % 8 == framing.canvas[1] % 8 == 0


def test_a_preset_is_no_prompt(mint, folder):
    editor = DiffusersEditor(pixels, folder, {}, Loader())
    with pytest.raises(UnknownInstruction):
        editor.edit(mint(scenery(64, 64), oval(64, 64, 30, 30, 9, 9)), Instruction(preset="warm"))


@pytest.mark.parametrize("model", ["", "stabilityai/some-model", "/nowhere/at/all"])
def test_the_name_of_a_model_on_a_hub_is_no_folder(mint, model):
    loader = Loader()
    editor = DiffusersEditor(pixels, model, {}, loader)
    with pytest.raises(InputError, match="folder"):
        editor.edit(mint(scenery(64, 64), oval(64, 64, 30, 30, 9, 9)), Instruction(PROMPT))
    assert not loader.loaded


def test_options_are_checked_at_once():
    for options in ({"denoise": "7"}, {"sampler": "Euler"}):
        with pytest.raises(InputError):
            DiffusersEditor(pixels, "", options)


@pytest.mark.parametrize("missing", ["torch", "diffusers", "transformers", "huggingface_hub"])
def test_without_the_extra_the_way_to_install_it_is_told(mint, folder, monkeypatch, missing):
    monkeypatch.setitem(sys.modules, missing, None)
    for name in ("torch", "diffusers", "transformers", "huggingface_hub"):
        if find_spec(name) is None:
            monkeypatch.setitem(sys.modules, name, None)
    editor = DiffusersEditor(pixels, folder)
    with pytest.raises(ExtraMissing, match=r"privateedit\[diffusers\]"):
        editor.edit(mint(scenery(64, 64), oval(64, 64, 30, 30, 9, 9)), Instruction(PROMPT))


def test_importing_it_loads_no_model_library():
    code = (
        "import sys, privateedit.providers.diffusers\n"
        "print(sorted({'torch', 'diffusers', 'transformers', 'huggingface_hub'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_a_model_that_fails_or_refuses_is_told():
    def fails(**_):
        raise RuntimeError("out of memory while drawing a violet scarf")

    class Refused:
        images = ()
        nsfw_content_detected = (True,)

    with pytest.raises(ProviderError) as raised:
        _inpainted(fails, {})
    assert "violet" not in raised.value.sentence
    with pytest.raises(ContentRefused):
        _inpainted(lambda **_: Refused(), {})


# With the extra: a pipeline of the real classes, a few thousand random weights, made here and read from disk.


def _tokenizer(folder):
    from transformers import CLIPTokenizer

    letters = [chr(code) for code in range(ord("a"), ord("z") + 1)]
    words = [*letters, *(f"{letter}</w>" for letter in letters), "<|startoftext|>", "<|endoftext|>"]
    (folder / "vocab.json").write_text(json.dumps({word: index for index, word in enumerate(words)}))
    (folder / "merges.txt").write_text("#version: 0.2\n")
    return CLIPTokenizer(str(folder / "vocab.json"), str(folder / "merges.txt"), model_max_length=16)


def _tiny(folder, channels):
    """Save a tiny pipeline: four latent channels for text to image, nine for inpainting."""
    import torch
    from diffusers import (
        AutoencoderKL,
        DDIMScheduler,
        StableDiffusionInpaintPipeline,
        StableDiffusionPipeline,
        UNet2DConditionModel,
    )
    from transformers import CLIPTextConfig, CLIPTextModel

    torch.manual_seed(0)
    blocks = {
        "down_block_types": ("DownBlock2D", "CrossAttnDownBlock2D"),
        "up_block_types": ("CrossAttnUpBlock2D", "UpBlock2D"),
    }
    unet = UNet2DConditionModel(
        sample_size=16, in_channels=channels, out_channels=4, layers_per_block=1, block_out_channels=(8, 16),
        cross_attention_dim=16, attention_head_dim=4, norm_num_groups=4, **blocks,
    )  # fmt: skip
    vae = AutoencoderKL(
        block_out_channels=(8, 8, 8, 8), latent_channels=4, norm_num_groups=4,
        down_block_types=("DownEncoderBlock2D",) * 4, up_block_types=("UpDecoderBlock2D",) * 4,
    )  # fmt: skip
    text = CLIPTextConfig(
        vocab_size=54, hidden_size=16, intermediate_size=16, num_hidden_layers=1, num_attention_heads=2,
        max_position_embeddings=16, bos_token_id=52, eos_token_id=53, pad_token_id=53,
    )  # fmt: skip
    kind = StableDiffusionInpaintPipeline if channels == 9 else StableDiffusionPipeline
    (folder / "words").mkdir(parents=True)
    pipeline = kind(
        vae=vae, text_encoder=CLIPTextModel(text), tokenizer=_tokenizer(folder / "words"), unet=unet,
        scheduler=DDIMScheduler(), safety_checker=None, feature_extractor=None, requires_safety_checker=False,
    )  # fmt: skip
    pipeline.save_pretrained(folder / "model", safe_serialization=True)
    return str(folder / "model")


@pytest.fixture(scope="module", params=[4, 9], ids=["text-to-image", "inpainting"])
def tiny_model(request, tmp_path_factory):
    return _tiny(tmp_path_factory.mktemp("pipeline"), request.param)


def _edited(model, photo=PHOTO, **options):
    told = {"steps": "4", "seed": "3", **options}
    editor = DiffusersEditor(pixels, model, told)
    payload = sealed(EditorOfSmallFrames(), photo)
    return payload, editor.edit(payload, Instruction(PROMPT))


class EditorOfSmallFrames:
    """Frames small enough for a test."""

    def frame(self, width, height, wanted):
        return Framing("png", canvas=(144, 112))


@REAL
@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")
def test_a_real_pipeline_draws_the_same_picture_for_the_same_seed(tiny_model):
    payload, result = _edited(tiny_model)
    assert result.pixels.shape == (112, 144, 3)
    assert np.abs(result.pixels.astype(int) - pixels(payload.data)).mean() > 1
    assert (_edited(tiny_model)[1].pixels == result.pixels).all()
    assert (_edited(tiny_model, seed="4")[1].pixels != result.pixels).any()
    assert (_edited(tiny_model, negative="fog")[1].pixels != result.pixels).any()


@REAL
@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")
def test_a_real_pipeline_never_sees_what_is_hidden(tiny_model):
    other = PHOTO.pixels.copy()
    other[HIDDEN] = np.random.default_rng(1).integers(0, 255, (int(HIDDEN.sum()), 3), np.uint8)
    results = [_edited(tiny_model, each)[1].pixels for each in (PHOTO, Photo(other))]
    assert (results[0] == results[1]).all()


@REAL
@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")
def test_a_prompt_that_is_too_long_is_not_repeated_in_logs(tiny_model):
    from diffusers.utils import logging as verbosity

    kept = []
    handler = logging.Handler()
    handler.emit = lambda record: kept.append(record.getMessage())
    logging.getLogger("diffusers").addHandler(handler)
    editor = DiffusersEditor(pixels, tiny_model, {"steps": "2"})
    payload, long = sealed(EditorOfSmallFrames()), Instruction("violet " * 60)
    try:
        editor.edit(payload, long)
        assert not kept
        verbosity.set_verbosity_warning()  # what the library does of itself
        editor.edit(payload, long)
        assert "violet" in "".join(kept).replace(" ", "")
    finally:
        logging.getLogger("diffusers").removeHandler(handler)
        verbosity.set_verbosity_error()


@REAL
@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")
def test_a_folder_that_holds_something_else_is_told(folder, mint):
    with pytest.raises(InputError, match="cannot be loaded"):
        DiffusersEditor(pixels, folder).edit(
            mint(scenery(64, 64), oval(64, 64, 30, 30, 9, 9)), Instruction(PROMPT)
        )


@REAL
@pytest.mark.slow
def test_loading_and_drawing_open_no_connection(tiny_model, tmp_path):
    code = f"""
import socket, sys, warnings
warnings.simplefilter("ignore")
def refuse(*a, **k): raise AssertionError("a connection was opened")
socket.socket.connect = refuse; socket.create_connection = refuse; socket.getaddrinfo = refuse
import numpy as np
from pathlib import Path
from privateedit.providers.diffusers import loaded_pipeline
from privateedit.providers.diffusion import Dials
from huggingface_hub import constants
inpaint = loaded_pipeline(Path({tiny_model!r}))
drawn = inpaint("a scarf", np.zeros((64, 64, 3), np.uint8), np.ones((64, 64), bool), Dials(steps=2))
print(drawn.shape, constants.HF_HUB_OFFLINE)
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.stdout.strip() == "(64, 64, 3) True", done.stderr


@pytest.mark.parametrize("area", list(Area))
def test_where_nothing_is_hidden_all_is_drawn(mint, folder, area):
    picture = scenery(64, 64)
    payload, loader = mint(picture, np.zeros((64, 64), np.bool_)), Loader()
    result = DiffusersEditor(pixels, folder, {"area": area}, loader).edit(payload, Instruction(PROMPT))
    assert (result.pixels == 255).all()
