// A self-signed certificate for localhost that protects nothing; it is valid for a hundred years.
// openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 36500 -subj /CN=localhost

export const certificate = {
  key: `-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgLddY8YTSZrCqaHtU
vNKZojqhSq4+4TAgs5Kqb+8QA8ChRANCAAT6QoCyY5OTLaDGFM9x7OLAtMG76KwA
+XqoQpY3Tt8x6bl2eLHtf/fXOaw09u0IGu7npXa5Cf/jIow0HYc/CMW9
-----END PRIVATE KEY-----
`,
  cert: `-----BEGIN CERTIFICATE-----
MIIBmzCCAUGgAwIBAgIUdvBmi384+taSM6xaJGNfYMjsxtwwCgYIKoZIzj0EAwIw
FDESMBAGA1UEAwwJbG9jYWxob3N0MCAXDTI2MTEyMDA4MDAxMFoYDzIxMjYxMDI3
MDgwMDEwWjAUMRIwEAYDVQQDDAlsb2NhbGhvc3QwWTATBgcqhkjOPQIBBggqhkjO
PQMBBwNCAAT6QoCyY5OTLaDGFM9x7OLAtMG76KwA+XqoQpY3Tt8x6bl2eLHtf/fX
Oaw09u0IGu7npXa5Cf/jIow0HYc/CMW9o28wbTAdBgNVHQ4EFgQUCVJHIKJb8aaV
mp/BHN9w91AA3GIwHwYDVR0jBBgwFoAUCVJHIKJb8aaVmp/BHN9w91AA3GIwDwYD
VR0TAQH/BAUwAwEB/zAaBgNVHREEEzARgglsb2NhbGhvc3SHBH8AAAEwCgYIKoZI
zj0EAwIDSAAwRQIhANOfTvX+kYrGU9cURhapgTIPOv1kq07tdn6cfo9o96NZAiBZ
B3tlCvAPseZ7i1PHxtKxMdLilpN+hcsNqo0OmaGEyg==
-----END CERTIFICATE-----
`,
}
