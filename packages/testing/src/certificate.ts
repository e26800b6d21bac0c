// A self-signed certificate for localhost and 127.0.0.1, for tests; it protects nothing, and is valid for a hundred years.
// openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 36500 -subj /CN=localhost -addext subjectAltName=...

/** `https.createServer(certificate)`, and `ca: certificate.cert` for a client. Never for anything but tests: its key is public. */
export const certificate = {
  key: `-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgeHmOR9/V4oJE3FfZ
6B7y7FFGwprbh0xoilpmsJxHKN2hRANCAASPXjSifRsJkFxoomlTMl3s8szU/zFi
4DFD21ISyWM6Pt8q/GbPC9Yy0WKGoE1rlv7vtDVSmX65Qe/s0kkN/ITZ
-----END PRIVATE KEY-----
`,
  cert: `-----BEGIN CERTIFICATE-----
MIIBmjCCAUGgAwIBAgIUKUQOjidWx6p6OQT876yOhLZLjz8wCgYIKoZIzj0EAwIw
FDESMBAGA1UEAwwJbG9jYWxob3N0MCAXDTI2MTEyMDA4MjYwMloYDzIxMjYxMDI3
MDgyNjAyWjAUMRIwEAYDVQQDDAlsb2NhbGhvc3QwWTATBgcqhkjOPQIBBggqhkjO
PQMBBwNCAASPXjSifRsJkFxoomlTMl3s8szU/zFi4DFD21ISyWM6Pt8q/GbPC9Yy
0WKGoE1rlv7vtDVSmX65Qe/s0kkN/ITZo28wbTAdBgNVHQ4EFgQUNFDBt50fW/Rm
ltGk77Pzlvkuun0wHwYDVR0jBBgwFoAUNFDBt50fW/RmltGk77Pzlvkuun0wDwYD
VR0TAQH/BAUwAwEB/zAaBgNVHREEEzARgglsb2NhbGhvc3SHBH8AAAEwCgYIKoZI
zj0EAwIDRwAwRAIgJ5jgKwdxIWl2BI93BERaK3ic6XklBat7elRFc63CmI0CIESV
C9KlW199YJotHBi8wPfLDG8thHnZRr6RCZHFsGrJ
-----END CERTIFICATE-----
`,
}
