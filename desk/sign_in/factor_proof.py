"""Proving the second factor once more, beside the password,
before another is put in its place or taken away.
"""

from typing import Annotated

from fastapi import Request
from pydantic import Field

from api.audit_book import add_detail
from api.parts import parts_of
from casework.ledger_session import writing
from desk.frame.page import now_of
from desk.sign_in.own_forms import OwnForm, Secret, cut
from desk.sign_in.passkey_sign_in import is_signed
from desk.sign_in.relying_party import LONGEST_ANSWER
from storage.accounts import Account
from storage.second_proofs import code_shown
from words.language import say


class ProofForm(OwnForm):
    """A form that changes a second factor: the password, and what proves the factor that is there,
    signed by a passkey or a code.
    """

    password: Secret = ""
    proof: Annotated[str, cut(LONGEST_ANSWER), Field(repr=False)] = ""
    proof_code: Secret = ""


async def factor_unproven(request: Request, account: Account, form: ProofForm) -> str | None:
    """What to tell who did not show a second factor of the account;
    None when it was shown, or the account has none.

    A code that fits is used up, and so is what a passkey has signed.
    """
    if not account.has_second_factor:
        return None
    if form.proof:
        async with writing(parts_of(request).database) as session:
            is_own = await is_signed(request, session, account.id, form.proof)
        return None if is_own else say("没有用通行密钥通过验证。请重试。")
    add_detail(request, kind="second_factor")
    if account.has_one_time_code:
        return await unspent(request, account, form.proof_code)
    return say("本账号有通行密钥：请先用它验证。用不了的，请联系安全管理员重置。")


async def unspent(request: Request, account: Account, code: str) -> str | None:
    """What to tell who did not give a code of the account; a code that fits is used up."""
    async with writing(parts_of(request).database) as session:
        attempt = await code_shown(session, account.id, code, now_of(request))
    if attempt.wait:
        return say("动态码错误次数过多，请在 {minutes} 分钟后再试。", minutes=attempt.minutes)
    return None if attempt.fits else say("动态码不正确，或已经用过。请等手机上的数字更新后再输入。")
