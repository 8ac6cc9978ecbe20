"""Requests (服务请求): what residents and staff report, and a company's past of it."""
