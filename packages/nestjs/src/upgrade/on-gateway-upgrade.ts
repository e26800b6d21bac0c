// A gateway's say about who may connect. Types only.

/**
 * A gateway that decides before the 101. `handleUpgrade` is called as a controller's method would be: with the request of the platform,
 * or with what its `@Param()`, `@Query()`, `@Headers()`, `@Req()` ... decorators ask for, through pipes; guards, interceptors and filters
 * may be bound to it.
 *
 * What it returns is `connection.data`; what it throws, such as an `UnauthorizedException`, is answered as in any controller. A plain GET
 * request goes the same way and is answered 426 at its end, so that a page can ask why it was refused.
 */
export interface OnGatewayUpgrade<Request = unknown, Data = unknown> {
  // oxlint-disable-next-line typescript/no-explicit-any -- with decorated parameters, they are whatever the decorators say
  handleUpgrade(request: Request, ...values: any[]): Data | Promise<Data>
}
