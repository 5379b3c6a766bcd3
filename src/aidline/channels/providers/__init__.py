"""One file per provider, each in the same five parts; `docs/add-a-provider.md` says how to write one."""
