// fast-check as its readers expect it: `maxLength: 600` means lengths up to 600, where its default would stop at about 10.
import fc from 'fast-check'

fc.configureGlobal({ ...fc.readConfigureGlobal(), defaultSizeToMaxWhenMaxSpecified: true })

export { fc as default }
