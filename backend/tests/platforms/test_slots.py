"""Our own queue's arithmetic."""

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hypertrainer.platforms.base import Capacity, Resources
from hypertrainer.platforms.machine import Gpu, Machine
from hypertrainer.platforms.slots import (
    Allocation,
    Holding,
    SlotWishes,
    allocate,
    capacity_of,
    gpu_environment,
    place,
    why_impossible,
    why_nowhere,
)

NO_GPUS = Machine(cpus=16, memory_bytes=2**34)
TWO_GPUS = Machine(cpus=16, memory_bytes=2**34, gpus=(Gpu("0"), Gpu("1")))
CAPACITY = Capacity(slots=2, cpus=16, gpus=("0", "1"), memory_bytes=2**34)


@pytest.mark.parametrize(
    ("machine", "wishes", "slots", "gpus"),
    [
        (NO_GPUS, SlotWishes(), 8, ()),
        (Machine(cpus=1, memory_bytes=1), SlotWishes(), 2, ()),
        (TWO_GPUS, SlotWishes(), 2, ("0", "1")),
        (TWO_GPUS, SlotWishes(slots=5), 5, ("0", "1")),
        (TWO_GPUS, SlotWishes(slots="gpus", gpus=1), 1, ("0",)),
        (TWO_GPUS, SlotWishes(gpus=0), 8, ()),
        (TWO_GPUS, SlotWishes(gpus=("1", "1")), 2, ("1", "1")),
        (NO_GPUS, SlotWishes(slots="gpus"), 0, ()),
    ],
)
def test_slots_follow_the_gpus_and_then_the_processors(
    machine: Machine, wishes: SlotWishes, slots: int, gpus: tuple[str, ...]
) -> None:
    capacity = capacity_of(machine, wishes)
    assert (capacity.slots, capacity.gpus) == (slots, gpus)


def test_a_job_that_asks_for_nothing_gets_a_gpu_of_its_own() -> None:
    first = allocate(CAPACITY, [], Resources())
    assert first == Allocation(("0",))
    assert allocate(CAPACITY, [Holding(gpus=("0",))], Resources()) == Allocation(("1",))
    assert allocate(CAPACITY, [Holding(gpus=("0", "1"))], Resources()) is None


def test_a_job_that_asks_for_no_gpu_sees_none() -> None:
    given_to_it = allocate(CAPACITY, [Holding(gpus=("0", "1"))], Resources(gpus=0))
    assert given_to_it == Allocation(())
    assert gpu_environment(CAPACITY, ())["CUDA_VISIBLE_DEVICES"] == ""
    assert gpu_environment(CAPACITY, ("1", "0"))["CUDA_VISIBLE_DEVICES"] == "1,0"


def test_where_there_are_no_gpus_none_are_spoken_of() -> None:
    capacity = capacity_of(NO_GPUS, SlotWishes())
    assert allocate(capacity, [], Resources()) == Allocation(())
    assert gpu_environment(capacity, ()) == {}


def test_a_gpu_named_twice_is_shared_by_two_and_no_more() -> None:
    capacity = Capacity(slots=4, cpus=4, gpus=("0", "0", "1"))
    busy: list[Holding] = []
    for device in ("0", "0", "1"):
        allocation = allocate(capacity, busy, Resources())
        assert allocation == Allocation((device,))
        busy.append(Holding(gpus=allocation.gpus))
    assert allocate(capacity, busy, Resources()) is None
    assert allocate(capacity, [], Resources(gpus=2)) == Allocation(("0", "1"))
    assert why_impossible(capacity, Resources(gpus=3)) is not None


def test_slots_processors_and_memory_are_limits() -> None:
    one = Holding(cpus=10, memory_bytes=2**33)
    assert allocate(CAPACITY, [one, Holding()], Resources(gpus=0)) is None
    assert allocate(CAPACITY, [one], Resources(gpus=0, cpus=6)) is not None
    assert allocate(CAPACITY, [one], Resources(gpus=0, cpus=7)) is None
    assert allocate(CAPACITY, [one], Resources(gpus=0, memory_bytes=2**33)) is not None
    assert allocate(CAPACITY, [one], Resources(gpus=0, memory_bytes=2**33 + 1)) is None


@pytest.mark.parametrize(
    ("capacity", "request_", "words"),
    [
        (CAPACITY, Resources(gpus=3), "3 GPUs are asked for and it has 2"),
        (CAPACITY, Resources(cpus=17), "lower `resources.cpus`"),
        (CAPACITY, Resources(memory_bytes=2**40), "1024.0 GiB of memory"),
        (Capacity(0, 1, ()), Resources(), "no slots"),
    ],
)
def test_what_can_never_fit_says_why(capacity: Capacity, request_: Resources, words: str) -> None:
    assert words in (why_impossible(capacity, request_) or "")
    assert allocate(capacity, [], request_) is None


def test_what_has_to_wait_is_not_impossible() -> None:
    assert why_impossible(CAPACITY, Resources(gpus=2, cpus=16, memory_bytes=2**34)) is None


BIG = Capacity(slots=4, cpus=64, gpus=("0", "1", "2", "3"))
SMALL = Capacity(slots=1, cpus=4, gpus=("0",))


def test_of_several_machines_the_one_with_most_room_gets_the_job() -> None:
    machines = {"small": SMALL, "big": BIG}
    assert place(machines, {}, Resources()) == ("big", Allocation(("0",)))
    busy = {"big": [Holding(gpus=("0", "1")), Holding(gpus=("2", "3"))]}
    assert place(machines, busy, Resources()) == ("small", Allocation(("0",)))
    assert place(machines, busy, Resources(gpus=2)) is None
    assert place({"a": SMALL, "b": SMALL}, {}, Resources()) == ("a", Allocation(("0",)))
    assert place({}, {}, Resources()) is None


def test_a_job_is_impossible_only_where_no_machine_could_ever_take_it() -> None:
    machines = {"small": SMALL, "big": BIG}
    assert why_nowhere(machines, Resources(gpus=4)) is None
    told = why_nowhere(machines, Resources(gpus=5)) or ""
    assert "small: 5 GPUs" in told
    assert "big: 5 GPUs" in told
    assert (why_nowhere({"": SMALL}, Resources(gpus=2)) or "").startswith("2 GPUs")
    assert why_nowhere({}, Resources(gpus=2)) is None


@given(st.lists(st.none() | st.integers(0, 5), max_size=12))
def test_no_machine_of_a_pool_gets_more_than_it_has(wanted: list[int | None]) -> None:
    machines = {"small": SMALL, "big": BIG}
    busy: dict[str, list[Holding]] = {"small": [], "big": []}
    for gpus in wanted:
        placed = place(machines, busy, Resources(gpus=gpus))
        if placed is None:
            continue
        name, allocation = placed
        busy[name].append(Holding(gpus=allocation.gpus))
    for name, capacity in machines.items():
        assert len(busy[name]) <= capacity.slots
        held = Counter(device for job in busy[name] for device in job.gpus)
        assert held <= Counter(capacity.gpus)


@given(
    st.lists(st.sampled_from(["0", "1", "2"]), max_size=4),
    st.integers(0, 5),
    st.lists(st.none() | st.integers(0, 4), max_size=8),
)
def test_no_device_is_given_out_more_often_than_there_is(
    devices: list[str], slots: int, wanted: list[int | None]
) -> None:
    capacity = Capacity(slots, 8, tuple(devices))
    busy: list[Holding] = []
    for gpus in wanted:
        request = Resources(gpus=gpus)
        allocation = allocate(capacity, busy, request)
        if allocation is not None:
            assert len(set(allocation.gpus)) == len(allocation.gpus)
            assert why_impossible(capacity, request) is None
            busy.append(Holding(gpus=allocation.gpus))
    assert len(busy) <= slots
    held = Counter(device for job in busy for device in job.gpus)
    assert held <= Counter(devices)
