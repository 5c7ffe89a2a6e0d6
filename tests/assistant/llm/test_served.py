"""Which model a machine gets."""

from __future__ import annotations

import pytest

from assistant.llm.served import ON_CPU, ON_GPU, QWEN3_4B, QWEN3_8B, QWEN_CODER, SMOLLM2, Machine, choose


@pytest.mark.parametrize(
    ("machine", "expected"),
    [
        (Machine(memory_gb=16, cores=4), QWEN_CODER),
        (Machine(memory_gb=6, cores=2), QWEN_CODER),
        (Machine(memory_gb=5.5, cores=8), SMOLLM2),
        (Machine(memory_gb=16, cores=1), SMOLLM2),
        (Machine(memory_gb=1, cores=1), SMOLLM2),
        (Machine(memory_gb=16, cores=4, gpu_gb=24), QWEN3_8B),
        (Machine(memory_gb=16, cores=4, gpu_gb=16), QWEN3_4B),
    ],
)
def test_the_best_that_fits_is_chosen(machine: Machine, expected: object) -> None:
    assert choose(machine).model == expected


def test_what_was_passed_over_is_explained() -> None:
    assert "6 GB" in choose(Machine(memory_gb=4, cores=2)).why and "4.0 are free" in choose(Machine(4, 2)).why
    assert "2 cores" in choose(Machine(memory_gb=16, cores=1)).why
    assert choose(Machine(memory_gb=16, cores=2)).why == "Qwen2.5-Coder-1.5B-Instruct is served."


def test_one_can_be_forced_and_the_lack_is_said() -> None:
    choice = choose(Machine(memory_gb=4, cores=2), QWEN_CODER.name)
    assert choice.model is QWEN_CODER and "6 GB" in choice.why
    assert choose(Machine(memory_gb=64, cores=8), SMOLLM2.name).model is SMOLLM2


@pytest.mark.parametrize(
    ("name", "parser"),
    [
        ("Qwen/Qwen3-Coder-30B-A3B-Instruct", "qwen3_coder"),
        ("Qwen/Qwen2.5-7B-Instruct", "hermes"),
        ("meta-llama/Llama-3.1-8B-Instruct", "llama3_json"),
        ("/models/our-own", ""),
    ],
)
def test_a_model_of_the_hub_gets_its_family_s_tool_parser(name: str, parser: str) -> None:
    assert choose(Machine(memory_gb=64, cores=8, gpu_gb=80), name).model.tool_parser == parser


def test_a_roomy_gpu_gets_long_contexts_and_a_tight_one_short_ones() -> None:
    contexts = [choose(Machine(memory_gb=64, cores=8, gpu_gb=gpu)).model.context for gpu in (10, 16, 24, 80)]
    assert contexts == sorted(contexts) and contexts[0] == 4096 and contexts[-1] == 32_768


def test_every_model_of_the_table_has_a_free_licence_and_a_context() -> None:
    assert {model.licence for model in (*ON_CPU, *ON_GPU)} == {"Apache-2.0"}
    assert all(model.context >= 4096 for model in (*ON_CPU, *ON_GPU))
    assert ON_CPU[-1] is SMOLLM2  # what is left when nothing fits must be the smallest
