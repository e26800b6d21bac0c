import { describeColumn } from '../support/column.js'

describeColumn('relay')
