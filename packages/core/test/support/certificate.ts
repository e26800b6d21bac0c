// TLS for tests: one self-signed certificate for all of them.
export { certificate } from '../dispatcher/certificate.js'
