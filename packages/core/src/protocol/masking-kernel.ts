// The masking transform (RFC 6455 §5.3) as WebAssembly, 121 bytes of it, 16 bytes of payload at a time. It can only reach memory of its
// own: that is where sockets read to, if they can (connection/shared-reads.ts). Everywhere else masking.ts does it in plain words.
import { Buffer } from 'node:buffer'

export interface MaskingKernel {
  /** Where payloads come from: one page of 64 KiB, which never grows or moves. */
  readonly memory: Buffer
  /** Where a payload may go to, besides its own place: the words of a second page. */
  readonly aside: Int32Array
  /**
   * Masks or unmasks `size` bytes of the memory, a multiple of 16, from `from` on, into what begins at `to`.
   * @returns 0 when all result bytes are ASCII
   */
  // oxlint-disable-next-line max-params -- a WebAssembly function has numbers only
  readonly apply: (from: number, size: number, key: number, to: number) => number
}

/** As far as it is needed; Node's types leave it to those of browsers. */
declare const WebAssembly: {
  readonly Module: new (bytes: Uint8Array) => object
  readonly Instance: new (module: object) => { readonly exports: unknown }
}

const PAGE = 64 * 1024
const I32 = 0x7f
const V128 = 0x7b
const section = (id: number, ...content: number[]): number[] => [id, content.length, ...content]

/*
 * (func (export "apply") (param $from i32) (param $size i32) (param $key i32) (param $to i32) (result i32)
 *   (local $bytes v128) (local $keys v128) (local $seen v128) (local $end i32) ...
 */
const BODY = [
  2, 3, V128, 1, I32, // the locals: 4 $bytes, 5 $keys, 6 $seen; 7 $end
  0x20, 2, 0xfd, 0x11, 0x21, 5, // $keys = i32x4.splat $key
  0x20, 0, 0x20, 1, 0x6a, 0x21, 7, // $end = $from + $size
  0x02, 0x40, 0x03, 0x40, // block, loop
  0x20, 0, 0x20, 7, 0x4f, 0x0d, 1, // br_if 1 ($from >= $end)
  0x20, 3, // $to, for the store
  0x20, 0, 0xfd, 0x00, 0, 0, // v128.load $from
  0x20, 5, 0xfd, 0x51, 0x22, 4, // $bytes = v128.xor with $keys
  0xfd, 0x0b, 0, 0, // v128.store $to
  0x20, 6, 0x20, 4, 0xfd, 0x50, 0x21, 6, // $seen = v128.or $seen $bytes
  0x20, 0, 0x41, 16, 0x6a, 0x21, 0, // $from += 16
  0x20, 3, 0x41, 16, 0x6a, 0x21, 3, // $to += 16
  0x0c, 0, 0x0b, 0x0b, // br 0, end, end
  0x20, 6, 0xfd, 0x64, // i8x16.bitmask $seen
  0x0b,
]

const MODULE = [
  0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0,
  ...section(1, 1, 0x60, 4, I32, I32, I32, I32, 1, I32),
  ...section(3, 1, 0),
  ...section(5, 1, 0, 2), // a memory of two pages
  ...section(7, 2, 1, 0x6d, 2, 0, 1, 0x61, 0, 0), // exports "m", the memory, and "a", the function
  ...section(10, 1, BODY.length, ...BODY),
]

/** One for each thread. Undefined where WebAssembly is switched off or has no memory to spare. */
export const MASKING_KERNEL: MaskingKernel | undefined = instantiate()

function instantiate(): MaskingKernel | undefined {
  try {
    const { m, a } = new WebAssembly.Instance(new WebAssembly.Module(Uint8Array.from(MODULE))).exports as { m: { buffer: ArrayBuffer }; a: MaskingKernel['apply'] }
    return { memory: Buffer.from(m.buffer, 0, PAGE), aside: new Int32Array(m.buffer, PAGE), apply: a }
  } catch {
    return undefined // without it everything works, only slower
  }
}
