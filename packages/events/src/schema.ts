// Standard Schema (standardschema.dev), version 1, as far as this package needs it: any library that implements it can
// validate here. Knows no library.

/** What a validation may say about one fault. */
export interface SchemaIssue {
  readonly message: string
  readonly path?: ReadonlyArray<PropertyKey | { readonly key: PropertyKey }> | undefined
}

/** What a validation returns: the schema's output, or what is wrong. */
export type SchemaResult<Output> =
  | { readonly value: Output; readonly issues?: undefined }
  | { readonly issues: ReadonlyArray<SchemaIssue> }

/** A schema of zod, valibot, ArkType or any other library that implements Standard Schema. */
export interface Schema<Input = unknown, Output = Input> {
  readonly '~standard': {
    readonly version: 1
    readonly vendor: string
    readonly validate: (value: unknown) => SchemaResult<Output> | Promise<SchemaResult<Output>>
    readonly types?: { readonly input: Input; readonly output: Output } | undefined
  }
}

/** What travels: the type that the schema takes. */
export type SchemaInput<S extends Schema> = NonNullable<S['~standard']['types']>['input']

/** What arrives: the type that the schema makes of it. */
export type SchemaOutput<S extends Schema> = NonNullable<S['~standard']['types']>['output']

/**
 * A schema that only names a type and checks nothing: for what this side sends, where no schema is at hand. Risk: among
 * the events that this side receives, it lets anything in.
 */
export function typed<Type>(): Schema<Type> {
  return { '~standard': { version: 1, vendor: 'tocsin', validate: (value) => ({ value: value as Type }) } }
}
