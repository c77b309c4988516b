"""Alerts for tests: one of our own invention that follows every rule, and real ones where they are at hand."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from lxml import etree
from signxml.algorithms import (
    CanonicalizationMethod,
    DigestAlgorithm,
    SignatureConstructionMethod,
    SignatureMethod,
)
from signxml.signer import XMLSigner

from alert_management.cap.model import (
    Alert,
    Area,
    Category,
    Certainty,
    Circle,
    Info,
    MsgType,
    Resource,
    ResponseType,
    Scope,
    Severity,
    Status,
    Urgency,
    Value,
)
from alert_management.cap.signing import SigningKey
from alert_management.cap.verifying import Trust

REAL = next(
    (
        above / "shared/data"
        for above in Path(__file__).resolve().parents
        if (above / "shared/data/cap").is_dir()
    ),
    None,
)
"""The folder of real data beside the repository, None where it is not."""
CORPUS_FOLDER = REAL / "cap" if REAL else None
CORPUS = (
    sorted(
        file
        for file in CORPUS_FOLDER.iterdir()
        if file.suffix in {".xml", ".cap", ".atom", ".rss", ".edxlde"}
    )
    if CORPUS_FOLDER
    else []
)
"""Real alerts and feeds."""

SENT = datetime.fromisoformat("2031-05-04T09:30:00+02:00")

ALERT_XML = """\
<?xml version="1.0" encoding="UTF-8"?>
<alert xmlns="urn:oasis:names:tc:emergency:cap:1.2">
  <identifier>mill-river-7</identifier>
  <sender>duty@mill-river.example</sender>
  <sent>2031-05-04T09:30:00+02:00</sent>
  <status>Actual</status>
  <msgType>Alert</msgType>
  <scope>Public</scope>
  <info>
    <language>en-GB</language>
    <category>Met</category>
    <event>Flood</event>
    <urgency>Immediate</urgency>
    <severity>Severe</severity>
    <certainty>Observed</certainty>
    <expires>2031-05-04T15:30:00+02:00</expires>
    <headline>The Mill River is over its banks</headline>
    <area>
      <areaDesc>Lower town</areaDesc>
      <polygon>46.10,7.10 46.10,7.20 46.20,7.20 46.20,7.10 46.10,7.10</polygon>
    </area>
  </info>
</alert>
"""


def an_area(**changes: Any) -> Area:
    """The lower town, with a field and a circle."""
    fields: dict[str, Any] = {
        "description": "Lower town",
        "polygons": (((46.1, 7.1), (46.1, 7.2), (46.2, 7.2), (46.2, 7.1), (46.1, 7.1)),),
        "circles": (Circle(46.3, 7.3, 2.5),),
        "geocodes": (Value("SAME", "006109"),),
        **changes,
    }
    return Area(**fields)


def an_info(**changes: Any) -> Info:
    """A flood, in English."""
    fields: dict[str, Any] = {
        "language": "en-GB",
        "categories": (Category.MET,),
        "event": "Flood",
        "response_types": (ResponseType.EVACUATE,),
        "urgency": Urgency.IMMEDIATE,
        "severity": Severity.SEVERE,
        "certainty": Certainty.OBSERVED,
        "event_codes": (Value("SAME", "FLW"),),
        "expires": datetime.fromisoformat("2031-05-04T15:30:00+02:00"),
        "sender_name": "Mill River Civil Protection",
        "headline": "The Mill River is over its banks",
        "description": "Water stands a metre high in the lower town.",
        "instruction": "Go to the upper town now.",
        "web": "https://mill-river.example/flood",
        "parameters": (Value("CMAMtext", "Flood in the lower town. Go to the upper town now."),),
        "resources": (
            Resource(
                description="Map",
                mime_type="image/png",
                size=1200,
                uri="https://mill-river.example/map.png",
            ),
        ),
        "areas": (an_area(),),
        **changes,
    }
    return Info(**fields)


def an_alert(**changes: Any) -> Alert:
    """An alert against which no rule speaks."""
    fields: dict[str, Any] = {
        "identifier": "mill-river-7",
        "sender": "duty@mill-river.example",
        "sent": SENT,
        "status": Status.ACTUAL,
        "msg_type": MsgType.ALERT,
        "scope": Scope.PUBLIC,
        "infos": (an_info(),),
        **changes,
    }
    return Alert(**fields)


Private = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey


class Signer:
    """Somebody with a key, and a certificate of their own or of an authority's making."""

    def __init__(
        self,
        name: str,
        key: Private | None = None,
        issuer: Signer | None = None,
        *,
        authority: bool = False,
        years: tuple[int, int] = (2030, 2033),
    ) -> None:
        self.key = key or ec.generate_private_key(ec.SECP256R1())
        self.name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
        self.certificate = (
            x509.CertificateBuilder()
            .subject_name(self.name)
            .issuer_name(issuer.name if issuer else self.name)
            .public_key(self.key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(datetime(years[0], 1, 1, tzinfo=UTC))
            .not_valid_after(datetime(years[1], 1, 1, tzinfo=UTC))
            .add_extension(x509.BasicConstraints(ca=authority, path_length=None), critical=True)
            .sign(issuer.key if issuer else self.key, hashes.SHA256())
        )

    @property
    def pem(self) -> bytes:
        return self.certificate.public_bytes(Encoding.PEM)

    @property
    def key_pem(self) -> bytes:
        return self.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())

    @property
    def signing(self) -> SigningKey:
        return SigningKey.load(self.key_pem, self.pem)

    @property
    def trust(self) -> Trust:
        return Trust((self.certificate,))


class _Lenient(XMLSigner):
    """Signs with SHA-1 as well, which the library rightly refuses."""

    def check_deprecated_methods(self) -> None:
        pass


def signed_by_others(signer: Signer, text: str = ALERT_XML, **how: Any) -> bytes:
    """As others may sign: with whatever algorithms."""
    options: dict[str, Any] = {
        "method": SignatureConstructionMethod.enveloped,
        "signature_algorithm": SignatureMethod.ECDSA_SHA256,
        "digest_algorithm": DigestAlgorithm.SHA256,
        "c14n_algorithm": CanonicalizationMethod.EXCLUSIVE_XML_CANONICALIZATION_1_0,
        **how,
    }
    part = options.pop("reference_uri", None)
    maker: Any = _Lenient(**options)
    root = etree.fromstring(text.encode())
    signed = maker.sign(root, key=signer.key, cert=[signer.certificate], reference_uri=part)
    return etree.tostring(signed)
