// What the servers under test have in common. Knows none of them.

/** It sends every message back as it came: text as text, binary as binary. */
export interface EchoServer extends AsyncDisposable {
  readonly url: URL
}

/** Every server is set to this: the cases about limits are about it. */
export const MESSAGE_LIMIT = 16 * 1024 * 1024

/** What browsers offer. */
export const USUAL_OFFER = 'permessage-deflate; client_max_window_bits'
