"""Answers requests with the classes of the package sd-jwt: one JSON request a line in, one JSON answer a line out.

{"verify": compact SD-JWT, "key": public JWK}                            -> {"claims": ...} or {"refused": reason}
{"issue": claims, "disclose": [pointers], "key": private JWK, "header": ...} -> {"compact": SD-JWT}
"""

import json
import sys

from jwcrypto.jwk import JWK
from sd_jwt.common import SDObj
from sd_jwt.issuer import SDJWTIssuer
from sd_jwt.verifier import SDJWTVerifier


def verify(request):
    key = JWK(**request["key"])
    try:
        verifier = SDJWTVerifier(request["verify"], lambda issuer, header: key)
        return {"claims": verifier.get_verified_payload()}
    except Exception as refusal:  # The package raises whatever its parts raise.
        return {"refused": f"{type(refusal).__name__}: {refusal}"}


def marked(value, pointers, at=""):
    """The claims with the members to disclose marked as the issuer wants them."""
    if isinstance(value, list):
        return [marked(one, pointers, f"{at}/{place}") for place, one in enumerate(value)]
    if isinstance(value, dict):
        return {
            SDObj(name) if f"{at}/{name}" in pointers else name: marked(one, pointers, f"{at}/{name}")
            for name, one in value.items()
        }
    return value


def issue(request):
    header = request["header"]
    issuer = SDJWTIssuer(
        marked(request["issue"], request["disclose"]),
        JWK(**request["key"]),
        sign_alg=header["alg"],
        extra_header_parameters=header,
    )
    return {"compact": issuer.sd_jwt_issuance}


for line in sys.stdin:
    request = json.loads(line)
    print(json.dumps((issue if "issue" in request else verify)(request)), flush=True)
