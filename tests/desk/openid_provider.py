"""A real OpenID provider (Canaille) on a port of this machine: one client, people in memory;
a process of its own.
"""

import sys
from datetime import UTC, datetime

from canaille import create_app
from canaille.app import models
from canaille.backends import Backend
from joserfc.jwk import RSAKey
from werkzeug.serving import make_server

PASSWORD = "four quiet brown herons"
SECRET = "between the two of them"


def main(port: int, redirect: str, people: list[str]) -> None:
    """Serve until killed."""
    key = RSAKey.generate_key(2048, {"kid": "one"}, auto_kid=False)
    app = create_app(
        {
            "SECRET_KEY": "for the test alone, and long enough",
            "SERVER_NAME": f"127.0.0.1:{port}",
            "PREFERRED_URL_SCHEME": "http",
            "CANAILLE": {"DATABASE": "memory"},
            "CANAILLE_OIDC": {
                "ACTIVE_JWKS": [key.as_dict(private=True)],
                "TRUSTED_DOMAINS": ["huiying.test"],
                "USERINFO_MAPPING": {"PREFERRED_USERNAME": "{{ user.employee_number }}"},
            },
        }
    )
    with app.app_context(), Backend.instance.session():
        for name in people:
            subject, _, login = name.partition("=")
            person = {
                "user_name": subject,
                "formatted_name": subject,
                "family_name": subject,
                "emails": [f"{subject}@example.test"],
                "employee_number": login or subject,
            }
            Backend.instance.save(models.User(**person, password=PASSWORD))
        client = models.Client(
            client_id="huiying",
            client_secret=SECRET,
            client_name="Huiying",
            client_uri="http://huiying.test",
            client_id_issued_at=datetime.now(UTC),
            redirect_uris=[redirect],
            grant_types=["authorization_code"],
            response_types=["code"],
            scope=["openid", "profile", "email"],
            token_endpoint_auth_method="client_secret_basic",
        )
        Backend.instance.save(client)
        client.audience = [client]
        Backend.instance.save(client)
    make_server("127.0.0.1", port, app, threaded=True).serve_forever()


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2], sys.argv[3:])
