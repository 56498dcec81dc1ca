"""The five real calls and the national quotas, held against the texts they come from."""
