"""Freezing and adapters on tiny models with random weights."""

import sys

import pytest
import torch
from torch import nn

from shelfspace.encoders.adapters import allocating, merged, n_trainable, tunable
from shelfspace.errors import MissingExtraError, OptionError

transformers = pytest.importorskip("transformers")
peft = pytest.importorskip("peft")

SIZES = {
    "vocab_size": 60,
    "hidden_size": 16,
    "num_hidden_layers": 4,
    "num_attention_heads": 2,
    "intermediate_size": 32,
    "max_position_embeddings": 40,
}
DISTILLED = {"vocab_size": 60, "dim": 16, "n_layers": 4, "n_heads": 2, "hidden_dim": 32}
MARKS = {"pad_token_id": 0, "bos_token_id": 1, "eos_token_id": 2, "cls_token_id": 1, "sep_token_id": 2}
CONFIGS = {
    "Bert": SIZES,
    "Roberta": SIZES,
    "DistilBert": DISTILLED,
    "MPNet": SIZES,
    "ModernBert": {**SIZES, **MARKS, "reference_compile": False},
}
METHODS = ("full", "lora", "adalora", "ia3")
TEXTS = torch.randint(5, 60, (6, 9), generator=torch.Generator().manual_seed(0))


def made(kind="Bert"):
    with torch.random.fork_rng():
        torch.manual_seed(0)
        config = getattr(transformers, f"{kind}Config")(**CONFIGS[kind])
        model = getattr(transformers, f"{kind}Model")(config)
        for weight in model.parameters():  # as far apart as a trained model's
            weight.data.mul_(4) if weight.ndim > 1 else None
    return model.eval()


def states(model, texts=TEXTS):
    return model(input_ids=texts, attention_mask=torch.ones_like(texts)).last_hidden_state


def learning(model):
    return {name for name, weight in model.named_parameters() if weight.requires_grad}


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("kind", CONFIGS)
def test_it_starts_equal_to_the_model_and_leaves_that_alone(kind, method):
    model = made(kind)
    before = {name: tensor.clone() for name, tensor in model.state_dict().items()}
    tuned = tunable(model, method, rank=4)
    assert not tuned.training
    with torch.no_grad():
        assert torch.allclose(states(tuned), states(model), atol=1e-6)
    assert learning(model) == set(dict(model.named_parameters()))
    assert all(torch.equal(tensor, before[name]) for name, tensor in model.state_dict().items())
    assert not any("lora" in name for name in model.state_dict())


@pytest.mark.parametrize("kind", CONFIGS)
def test_the_upper_half_learns_and_nothing_below(kind):
    names = learning(tunable(made(kind), "full"))
    numbers = {int(part) for name in names for part in name.split(".") if part.isdigit()}
    assert numbers == {2, 3}
    assert not any("embed" in name or "relative" in name for name in names)


@pytest.mark.parametrize("kind", CONFIGS)
@pytest.mark.parametrize("method", ["lora", "ia3"])
def test_every_linear_layer_of_the_upper_half_has_an_adapter(kind, method):
    model = made(kind)
    tuned = tunable(model, method, rank=2)
    linear = {name for name, part in model.named_modules() if isinstance(part, nn.Linear)}
    above = {name for name in linear if any(f".{n}." in f".{name}" for n in (2, 3))}
    mark = ".lora_A" if method == "lora" else ".ia3_l"
    adapted = {
        name.split(mark)[0].removeprefix("base_model.model.") for name in learning(tuned) if mark in name
    }
    assert adapted == above
    assert len(above) >= 8
    assert all("lora_" in name or "ia3_" in name for name in learning(tuned))


def test_the_share_is_of_the_layers_and_nothing_is_frozen_without_one():
    model = made()
    assert learning(tunable(model, frozen_share=0.0)) == set(dict(model.named_parameters()))
    most = learning(tunable(model, frozen_share=0.99))
    assert {name.split(".")[2] for name in most if name.startswith("encoder.layer")} == {"3"}
    little = learning(tunable(model, frozen_share=0.1))
    assert any(name.startswith("encoder.layer.0.") for name in little)
    assert not any(name.startswith("embeddings.") for name in little)


def test_adapters_are_few():
    model = made()
    assert n_trainable(model) == sum(weight.numel() for weight in model.parameters())
    full = n_trainable(tunable(model, "full"))
    assert n_trainable(tunable(model, "lora", rank=1)) < full / 5
    assert n_trainable(tunable(model, "ia3")) < full / 10
    assert n_trainable(tunable(model, "adalora", rank=1)) < full / 2
    # Two matrices of rank r beside 6 linear layers, in 2 of 4 layers.
    assert n_trainable(tunable(model, "lora", rank=3)) == 2 * 3 * (4 * (16 + 16) + 2 * (16 + 32))


class Classifier(nn.Module):
    def __init__(self, body):
        super().__init__()
        self.body = body
        torch.manual_seed(1)
        self.head = nn.Linear(16, 2)

    def forward(self, texts):
        return self.head(states(self.body, texts).mean(dim=1))


def planted(n=256):
    """Texts of two clusters: each has words of its own among words of both."""
    rng = torch.Generator().manual_seed(2)
    labels = torch.randint(0, 2, (n,), generator=rng)
    texts = torch.randint(5, 40, (n, 8), generator=rng)
    own = torch.randint(40, 50, (n, 3), generator=rng) + 10 * labels[:, None]
    texts[:, 2:5] = own
    return texts, labels


def trained(method, rate, steps=40):
    torch.manual_seed(0)
    classifier = Classifier(tunable(made(), method, rank=2, steps=steps)).train()
    classifier.head.requires_grad_(False)  # it learns in the model, or not at all
    texts, labels = planted()
    optimiser = torch.optim.AdamW([w for w in classifier.parameters() if w.requires_grad], lr=rate)
    with allocating(classifier):
        for step in range(steps):
            batch = slice(32 * (step % 6), 32 * (step % 6) + 32)
            optimiser.zero_grad()
            nn.functional.cross_entropy(classifier(texts[batch]), labels[batch]).backward()
            optimiser.step()
    return classifier.eval(), texts[192:], labels[192:]


@pytest.fixture(
    scope="module",
    params=[("full", 1e-2), ("lora", 2e-2), ("adalora", 5e-2), ("ia3", 1.5e-1)],
    ids=lambda p: p[0],
)
def learned(request):
    return request.param[0], *trained(*request.param)


@torch.no_grad()
def test_it_learns_a_planted_task(learned):
    _, classifier, texts, labels = learned
    before = Classifier(made()).eval()
    accuracy = float((classifier(texts).argmax(1) == labels).float().mean())
    assert float((before(texts).argmax(1) == labels).float().mean()) < 0.7
    assert accuracy > 0.75


def test_frozen_weights_do_not_move(learned):
    method, classifier, *_ = learned
    given = made().state_dict()
    now = classifier.body.state_dict()
    for name, tensor in given.items():
        places = [
            f"base_model.model.{name}",
            f"base_model.model.{name}".replace(".weight", ".base_layer.weight"),
        ]
        places.append(f"base_model.model.{name}".replace(".bias", ".base_layer.bias"))
        found = next(now[place] for place in [name, *places] if place in now)
        below = not any(f"layer.{n}." in name for n in (2, 3)) and not name.startswith("pooler")
        if method != "full" or below:
            assert torch.equal(found, tensor), name
    if method == "full":
        assert not torch.equal(
            now["encoder.layer.3.output.dense.weight"], given["encoder.layer.3.output.dense.weight"]
        )


@torch.no_grad()
def test_merged_it_is_a_plain_model_with_the_same_outputs(learned, tmp_path):
    method, classifier, texts, _ = learned
    expected = states(classifier.body, texts)
    plain = merged(classifier.body)
    assert (plain is classifier.body) == (method == "full")
    assert type(plain) is transformers.BertModel
    assert torch.allclose(states(plain, texts), expected, atol=1e-5)
    assert torch.allclose(states(classifier.body, texts), expected), "merging leaves the adapters in place"
    assert not torch.allclose(states(made(), texts), expected, atol=1e-2)
    plain.save_pretrained(tmp_path)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["config.json", "model.safetensors"]
    again, report = transformers.AutoModel.from_pretrained(tmp_path, output_loading_info=True)
    assert not report["missing_keys"]
    assert not report["unexpected_keys"]
    assert torch.allclose(states(again.eval(), texts), expected, atol=1e-5)


def ranks(model):
    return [int((weight != 0).sum()) for name, weight in model.named_parameters() if ".lora_E" in name]


def test_ranks_fall_to_their_budget_and_differ(learned):
    method, classifier, *_ = learned
    if method == "adalora":
        begun = ranks(tunable(made(), "adalora", rank=2))
        assert begun == [0] * 12  # singular values of zero
        assert 0 < sum(ranks(classifier)) <= 2 * 12
        assert all(rank <= 3 for rank in ranks(classifier))


def test_ranks_do_not_fall_outside_of_allocating():
    model = tunable(made(), "adalora", rank=2, steps=4).train()
    optimiser = torch.optim.AdamW([w for w in model.parameters() if w.requires_grad], lr=1e-2)

    def step():
        optimiser.zero_grad()
        states(model).square().mean().backward()
        optimiser.step()

    for _ in range(4):
        step()
    assert ranks(model) == [3] * 12
    other = torch.optim.SGD(nn.Linear(2, 2).parameters(), lr=0.1)
    with allocating(model):
        for _ in range(4):
            other.step()
        assert ranks(model) == [3] * 12, "steps of another optimiser are none of its steps"
        for _ in range(4):
            step()
    assert sum(ranks(model)) == 2 * 12


def test_the_hook_is_removed_even_after_an_error():
    from torch.optim.optimizer import _global_optimizer_post_hooks as hooks

    model = tunable(made(), "adalora", rank=2)
    before = len(hooks)
    with pytest.raises(KeyError), allocating(model):
        assert len(hooks) == before + 1
        raise KeyError
    assert len(hooks) == before
    with allocating(tunable(made(), "lora", rank=2)):
        assert len(hooks) == before


@pytest.mark.parametrize("steps", [2, 3, 10])
def test_a_training_of_few_steps_reaches_the_budget_too(steps):
    model = tunable(made(), "adalora", rank=1, steps=steps).train()
    optimiser = torch.optim.AdamW([w for w in model.parameters() if w.requires_grad], lr=1e-2)
    with allocating(model):
        for _ in range(steps):
            optimiser.zero_grad()
            states(model).square().mean().backward()
            optimiser.step()
    assert sum(ranks(model)) <= 12
    assert torch.isfinite(states(model)).all()


@pytest.mark.parametrize(
    "options",
    [{"method": "prompt"}, {"rank": 0}, {"frozen_share": 1.0}, {"frozen_share": -0.1}, {"steps": 0}],
    ids=str,
)
def test_options_out_of_range_are_refused(options):
    with pytest.raises(OptionError, match=next(iter(options))):
        tunable(made(), **options)


def test_a_model_without_layers_is_refused():
    with pytest.raises(OptionError, match="no list of layers"):
        tunable(nn.Sequential(nn.Embedding(3, 2), nn.Linear(2, 2)))


def test_without_the_extra_it_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "peft", None)
    with pytest.raises(MissingExtraError, match=r'pip install "shelfspace\[finetune\]"'):
        tunable(made(), "lora")
    assert n_trainable(tunable(made(), "full")) > 0
