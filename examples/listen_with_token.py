"""Log in with a username and a password in place of an API key, and print the first event."""

from __future__ import annotations

import getpass
import os

from sixmm import Client


def main() -> None:
    """Log in, stream with the access token, and log out."""
    username = os.environ.get("SIXMM_USERNAME") or input("username: ")
    password = os.environ.get("SIXMM_PASSWORD") or getpass.getpass("password: ")
    client = Client(
        rest_url=os.environ.get("SIXMM_REST_URL", "https://api.6mm.com"),
        ws_url=os.environ.get("SIXMM_WS_URL", "wss://6mm.com/ws"),
        private=True,
    )
    client.login(username, password)
    try:
        with client:
            client.wait_live(timeout=30)
            print(client.user.info())
            print(client.get(timeout=10))
            client.logout()
    finally:
        client.close()


if __name__ == "__main__":
    main()
