"""登录: who comes in, by password, code, passkey or provider, and the session that follows."""
