"""Notices: what people are told by mail, written in the transaction of what happened and sent by the worker."""
