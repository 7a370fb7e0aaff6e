"""How long a host that failed is left alone."""

import asyncssh
import pytest

from hypertrainer.errors import AuthNeeded, PlatformUnreachable
from hypertrainer.platforms.transports.ssh.breaker import Breaker
from hypertrainer.platforms.transports.ssh.host_keys import refusal, shown_key
from hypertrainer.platforms.transports.ssh.key_refusal import HostKeyRefused
from hypertrainer.platforms.transports.ssh.settings import Pace


def test_waits_grow_and_end_with_a_success() -> None:
    now = [0.0]
    breaker = Breaker(Pace(2, 10, 100, 60), lambda: now[0])
    waits = []
    for _ in range(6):
        breaker.check()
        breaker.failed(PlatformUnreachable("It is gone."))
        began = now[0]
        while True:
            try:
                breaker.check()
            except PlatformUnreachable:
                now[0] += 0.25
            else:
                break
        waits.append(now[0] - began)
    for wait, longest in zip(waits, [10, 20, 40, 60, 60, 60], strict=True):
        assert longest / 2 <= wait <= longest + 0.25
    breaker.succeeded()
    breaker.failed(PlatformUnreachable("It is gone again."))
    now[0] += 10.25
    breaker.check()


def test_a_refusal_is_remembered_as_what_it_was() -> None:
    now = [0.0]
    breaker = Breaker(Pace(), lambda: now[0])
    key = shown_key("host", 22, asyncssh.generate_private_key("ssh-ed25519"), is_changed=False)
    breaker.failed(refusal(key))
    with pytest.raises(HostKeyRefused, match=r"not known yet.*tried again in \d+ s") as raised:
        breaker.check()
    assert raised.value.host_key == key
    breaker.failed(AuthNeeded("A key is locked."))
    with pytest.raises(AuthNeeded, match=r"A key is locked\. It is tried again in"):
        breaker.check()
    breaker.reset()
    breaker.check()


def test_connections_keep_an_interval() -> None:
    now = [100.0]
    breaker = Breaker(Pace(connect_interval=2), lambda: now[0])
    assert breaker.interval() == 0
    now[0] += 0.5
    assert breaker.interval() == 1.5
    now[0] += 1.5
    assert breaker.interval() == 2
