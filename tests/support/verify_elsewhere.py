"""Verifies a certificate with libraries that are not ours: CERTIFICATE PUBLIC_KEY ID; prints how many subjects it has.

securesystemslib checks the envelope's signature, in-toto's own bindings the statement.
"""

import json
import sys
from pathlib import Path

from cryptography.hazmat.primitives.serialization import load_pem_public_key
from google.protobuf import json_format
from in_toto_attestation.v1 import statement_pb2
from in_toto_attestation.v1.statement import Statement
from securesystemslib.dsse import Envelope
from securesystemslib.signer import SSlibKey

envelope = Envelope.from_dict(json.loads(Path(sys.argv[1]).read_text("utf-8")))
key = SSlibKey.from_crypto(load_pem_public_key(Path(sys.argv[2]).read_bytes()), keyid=sys.argv[3])
assert envelope.verify([key], 1)
statement = json_format.Parse(envelope.payload, statement_pb2.Statement())
Statement.copy_from_pb(statement).validate()
print(len(statement.subject))
