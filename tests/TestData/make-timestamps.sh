#!/usr/bin/env bash
# Makes timestamps/: replies of an authority that is OpenSSL's own (openssl ts, OpenSSL 3.0), to queries that this project's
# tool wrote. Run in an empty folder with the tool as first argument, such as "dotnet exec …/Watermark.Cli.dll"; the
# private keys stay there and are not kept.
set -euo pipefail
tool="$1"

ext() { printf '%s\n' "$@"; }
authority() { # name of the key, arguments of genpkey
    local name="$1"; shift
    openssl genpkey "$@" -out "$name.key"
    openssl req -new -key "$name.key" -subj "/O=Watermark tests/CN=OpenSSL Time Stamping ($name)" -out "$name.csr"
    openssl x509 -req -in "$name.csr" -CA intermediate.pem -CAkey intermediate.key -set_serial "0x$(openssl rand -hex 8)" -days 3650 -out "$name.pem" \
        -extfile <(ext "basicConstraints=critical,CA:FALSE" "keyUsage=critical,digitalSignature" "extendedKeyUsage=critical,timeStamping")
}

openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out root.key
openssl req -x509 -new -key root.key -subj "/O=Watermark tests/CN=OpenSSL Root" -days 7300 -out root.pem -addext "keyUsage=critical,keyCertSign"
openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-384 -out intermediate.key
openssl req -new -key intermediate.key -subj "/O=Watermark tests/CN=OpenSSL Intermediate" -out intermediate.csr
openssl x509 -req -in intermediate.csr -CA root.pem -CAkey root.key -set_serial 2 -days 7300 -out intermediate.pem \
    -extfile <(ext "basicConstraints=critical,CA:TRUE" "keyUsage=critical,keyCertSign")
cat intermediate.pem root.pem > chain.pem

printf '{"stamped":"by OpenSSL"}\n' > commitments.json
mkdir -p case && cp commitments.json case/
$tool timestamp request case commitments
cp case/timestamps/commitments.tsq query.tsq

authority ec -algorithm EC -pkeyopt ec_paramgen_curve:P-256
authority rsa -algorithm RSA -pkeyopt rsa_keygen_bits:2048
for kind in ec rsa; do
    cat > "$kind.cnf" <<END
[tsa]
default_tsa = it
[it]
serial = $PWD/serial
signer_digest = sha256
default_policy = 1.3.6.1.4.1.99999.1
digests = sha256
accuracy = secs:1, millisecs:500
ess_cert_id_alg = sha256
END
    openssl ts -reply -config "$kind.cnf" -queryfile query.tsq -signer "$kind.pem" -inkey "$kind.key" -chain chain.pem -out "$kind.tsr"
    openssl ts -verify -queryfile query.tsq -in "$kind.tsr" -CAfile root.pem -untrusted intermediate.pem
done

# OpenSSL signs neither tokens nor messages with Ed25519, so this token is put together by RFC 5652 and RFC 8419.
authority ed25519 -algorithm ED25519
openssl x509 -in ed25519.pem -outform DER -out ed25519.der
openssl cms -verify -noverify -inform DER -in <(openssl ts -reply -in ec.tsr -token_out) -certfile ec.pem -binary -out info.der
python3 - <<'END'
import hashlib, subprocess

def der(tag, *parts):
    body = b''.join(parts)
    size = len(body)
    length = bytes([size]) if size < 128 else (lambda b: bytes([128 + len(b)]) + b)(size.to_bytes((size.bit_length() + 7) // 8, 'big'))
    return bytes([tag]) + length + body

def oid(text):
    first, second, *rest = map(int, text.split('.'))
    out = bytes([40 * first + second])
    for arc in rest:
        groups = [arc & 127]
        while arc := arc >> 7:
            groups.insert(0, 128 | arc & 127)
        out += bytes(groups)
    return der(6, out)

info, certificate = open('info.der', 'rb').read(), open('ed25519.der', 'rb').read()

def elements(data):  # The encoded elements of a sequence.
    def size(at):
        return (2 + data[at + 1]) if data[at + 1] < 128 else 2 + data[at + 1] - 128 + int.from_bytes(data[at + 2:at + 2 + data[at + 1] - 128], 'big')
    at, found = 2 if data[1] < 128 else 2 + data[1] - 128, []
    while at < len(data):
        found.append(data[at:at + size(at)])
        at += size(at)
    return found

_, serial, _, name, *_ = elements(elements(certificate)[0])
sha512 = der(0x30, oid('2.16.840.1.101.3.4.2.3'))
attributes = sorted([
    der(0x30, oid('1.2.840.113549.1.9.3'), der(0x31, oid('1.2.840.113549.1.9.16.1.4'))),
    der(0x30, oid('1.2.840.113549.1.9.4'), der(0x31, der(4, hashlib.sha512(info).digest()))),
    der(0x30, oid('1.2.840.113549.1.9.16.2.47'), der(0x31, der(0x30, der(0x30, der(0x30, der(4, hashlib.sha256(certificate).digest())))))),
])
open('attributes', 'wb').write(der(0x31, *attributes))
subprocess.run(['openssl', 'pkeyutl', '-sign', '-rawin', '-inkey', 'ed25519.key', '-in', 'attributes', '-out', 'signature'], check=True)
signer = der(0x30, der(2, b'\1'), der(0x30, name, serial), sha512, der(0xa0, *attributes), der(0x30, oid('1.3.101.112')), der(4, open('signature', 'rb').read()))
content = der(0x30, oid('1.2.840.113549.1.9.16.1.4'), der(0xa0, der(4, info)))
signed = der(0x30, der(2, b'\3'), der(0x31, sha512), content, der(0xa0, certificate), der(0x31, signer))
open('ed25519.tsr', 'wb').write(der(0x30, der(0x30, der(2, b'\0')), der(0x30, oid('1.2.840.113549.1.7.2'), der(0xa0, signed))))
END
openssl asn1parse -inform DER -in ed25519.tsr > /dev/null
rm -rf case ./*.key ./*.csr ./*.cnf ./*.der serial serial.old attributes signature ec.pem rsa.pem ed25519.pem intermediate.pem root.pem
