import { describeColumn } from '../support/column.js'

describeColumn('client on')
