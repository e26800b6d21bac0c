import { describeColumn } from '../support/column.js'

describeColumn('on')
