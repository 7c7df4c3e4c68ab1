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

# OpenSSL refuses to sign a token with Ed25519, so the same content is signed as a message of its kind (CAdES).
authority ed25519 -algorithm ED25519
openssl ts -reply -in ec.tsr -token_out | openssl cms -verify -noverify -inform DER -certfile ec.pem -out info.der -binary >/dev/null 2>&1 || true
[ -s info.der ] || openssl cms -verify -noverify -inform DER -in <(openssl ts -reply -in ec.tsr -token_out) -certfile ec.pem -binary -out info.der
openssl cms -sign -cades -nodetach -binary -econtent_type 1.2.840.113549.1.9.16.1.4 -md sha512 -in info.der -signer ed25519.pem -inkey ed25519.key -outform DER -out ed25519.token
python3 - <<'END'
token = open('ed25519.token', 'rb').read()
body = bytes([0x30, 3, 2, 1, 0]) + token
open('ed25519.tsr', 'wb').write(bytes([0x30, 0x82]) + len(body).to_bytes(2, 'big') + body)
END
rm -rf case ./*.key ./*.csr ./*.cnf serial serial.old info.der ed25519.token ec.pem rsa.pem ed25519.pem intermediate.pem
