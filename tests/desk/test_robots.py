"""An administrator pastes a robot's address with its key into the wrong field,
and the key is shown to nobody.
"""

import pytest

from storage.call_channels import set_up
from tests.desk.conftest import Office

PAGE, KEY = "/system/channels", "693a91f6-1234-4bc4"
ADDRESSES = {
    "wecom": f"https://im.town.example/cgi-bin/webhook/send?key={KEY}",
    "dingtalk": f"https://im.town.example/robot/send?access_token={KEY}",
    "feishu": f"https://im.town.example/open-apis/bot/v2/hook/{KEY}",
}


@pytest.mark.parametrize("robot", sorted(ADDRESSES))
async def test_a_key_in_an_address_is_kept_with_the_secrets(office: Office, robot: str):
    admin = await office.sits("sys.admin")
    typed = {"url": ADDRESSES[robot]}
    if robot != "wecom":  # which signs nothing
        typed["secret"] = "SEC0123456789"
    refused = await admin.fill_in(PAGE, {**typed, "key": "another-key-1"}, f"{PAGE}/{robot}")
    assert refused.status_code == 422
    assert "机器人密钥" in refused.text
    assert KEY not in refused.text
    assert (await admin.fill_in(PAGE, typed, f"{PAGE}/{robot}")).status_code == 303
    whole = (await admin.open(PAGE)).text
    assert KEY not in whole
    assert "https://im.town.example/" in whole
    async with office.database.session() as session:
        settings = (await set_up(session))[robot].settings
    assert settings["key"] == KEY
    assert KEY not in settings["url"]
