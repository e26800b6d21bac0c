// Guards before the 101. A gateway's own guards see messages; these see the HTTP request, like a controller's.
import { type CanActivate, type Type, UseGuards } from '@nestjs/common'

/**
 * Ordinary HTTP guards (Passport's `AuthGuard` among them) for the upgrade of this gateway: the same as `@UseGuards()` on `handleUpgrade`,
 * which need not exist. A refusal is the application's usual HTTP answer.
 */
export function UseUpgradeGuards(...guards: (CanActivate | Type<CanActivate>)[]): ClassDecorator {
  return ({ prototype }) => {
    if (!('handleUpgrade' in prototype)) {
      Object.defineProperty(prototype, 'handleUpgrade', { value: admitAll(), configurable: true, writable: true })
    }
    const descriptor = Object.getOwnPropertyDescriptor(prototype, 'handleUpgrade') ?? inherit(prototype as object)
    UseGuards(...guards)(prototype as object, 'handleUpgrade', descriptor)
  }
}

/** Marked, because it says nothing about `connection.data`. */
function admitAll(): () => undefined {
  return Object.assign(() => undefined, { isUndecided: true })
}

/** Whether a `handleUpgrade` was written by the application. */
export function isDecision(method: unknown): boolean {
  return typeof method === 'function' && !('isUndecided' in method)
}

/** A function of its own, so that the guards of this class are not those of its base class. */
function inherit(prototype: object): PropertyDescriptor {
  const inherited = Reflect.get(prototype, 'handleUpgrade') as (...values: unknown[]) => unknown
  const own = function (this: unknown, ...values: unknown[]): unknown { return inherited.apply(this, values) }
  const descriptor = { value: Object.setPrototypeOf(own, inherited) as typeof own, configurable: true, writable: true }
  Object.defineProperty(prototype, 'handleUpgrade', descriptor)
  return descriptor
}
