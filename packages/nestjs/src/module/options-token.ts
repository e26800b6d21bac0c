// Under what the options of forRoot are injected. A value only.
export const TOCSIN_OPTIONS = Symbol('TOCSIN_OPTIONS')
