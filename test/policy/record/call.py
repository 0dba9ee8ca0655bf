"""Calls a simulated AWS as somebody at a console does: one call a line of a file, one answer a line.

A call is {"service", "operation", "parameters"} in boto3's words. boto3 comes with moto.
"""

import json
import sys

import boto3
from botocore.config import Config

endpoint, region, calls = sys.argv[1:]
config = Config(retries={"total_max_attempts": 1}, s3={"addressing_style": "path"}, inject_host_prefix=False)
session = boto3.Session(aws_access_key_id="test", aws_secret_access_key="test", region_name=region)
clients = {}

for line in open(calls, encoding="utf-8"):
    call = json.loads(line)
    parameters = call["parameters"]
    key = (call["service"], parameters.pop("$region", region))
    try:
        if key not in clients:
            clients[key] = session.client(key[0], region_name=key[1], endpoint_url=endpoint, config=config)
        getattr(clients[key], call["operation"])(**parameters)
        said = {"ok": True}
    except Exception as error:  # whatever it is, it belongs to this call and is told there
        said = {"ok": False, "error": str(error)}
    print(json.dumps(said), flush=True)
