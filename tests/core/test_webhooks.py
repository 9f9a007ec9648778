"""How webhooks are signed."""

from __future__ import annotations

import base64
import hashlib
import hmac

from hypothesis import given
from hypothesis import strategies as st

from noroshi.core.webhooks import signature, written_secret


class TestSignature:
    def test_it_is_the_one_of_the_standard(self):
        # The example of the Standard Webhooks documentation.
        key = base64.b64decode("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
        signed = signature(key, "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, b'{"test": 2432232314}')
        assert signed == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="

    @given(st.binary(min_size=24, max_size=64), st.binary(max_size=200))
    def test_whoever_holds_the_written_secret_can_check_it(self, key, body):
        told = base64.b64decode(written_secret(key).removeprefix("whsec_"))
        expected = hmac.new(told, b"msg_1.17." + body, hashlib.sha256).digest()
        assert signature(key, "msg_1", 17, body) == "v1," + base64.b64encode(expected).decode()

    def test_id_time_and_body_are_all_signed(self):
        made = {
            signature(b"k" * 32, *parts)
            for parts in (("a", 1, b"x"), ("b", 1, b"x"), ("a", 2, b"x"), ("a", 1, b"y"))
        }
        assert len(made) == 4
