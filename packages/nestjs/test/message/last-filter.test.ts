// The filter behind all others of a gateway.
import 'reflect-metadata'
import { type ArgumentsHost, UseFilters } from '@nestjs/common'
import { EXCEPTION_FILTERS_METADATA } from '@nestjs/common/internal'
import { ExecutionContextHost } from '@nestjs/core/internal'
import { BaseWsExceptionFilter } from '@nestjs/websockets'
import { expect, test, vi } from 'vitest'
import { Exchange } from '../../src/message/exchange.js'
import { addLastFilter } from '../../src/message/last-filter.js'

interface Filter {
  catch(exception: unknown, host: ArgumentsHost): void
}

const filtersOf = (type: object): Filter[] => Reflect.getMetadata(EXCEPTION_FILTERS_METADATA, type) as Filter[]

test('stands before the gateway\'s own filters, which Nest asks from the last to the first; once', () => {
  const own = new BaseWsExceptionFilter()
  @UseFilters(own)
  class Gateway {}
  addLastFilter(Gateway)
  addLastFilter(Gateway)
  expect(filtersOf(Gateway)).toEqual([expect.anything(), own])
  class Bare {}
  addLastFilter(Bare)
  expect(filtersOf(Bare)).toEqual([filtersOf(Gateway)[0]])
})

test('answers through the exchange of the message; a client without one gets what Nest does', () => {
  class Gateway {}
  addLastFilter(Gateway)
  const filter = filtersOf(Gateway)[0]!
  const stock = vi.spyOn(BaseWsExceptionFilter.prototype, 'catch').mockImplementation(() => {})
  const exchange = Object.create(Exchange.prototype) as Exchange
  const fail = vi.spyOn(exchange, 'fail').mockImplementation(() => {})
  const [ours, theirs] = [new ExecutionContextHost([{}, 'data', 'event', exchange]), new ExecutionContextHost([{}, 'data'])]
  // oxlint-disable-next-line promise/valid-params -- a filter's method
  filter.catch('a', ours)
  expect([fail.mock.calls, stock.mock.calls]).toEqual([[['a', ours]], []])
  // oxlint-disable-next-line promise/valid-params -- a filter's method
  filter.catch('b', theirs)
  expect([fail.mock.calls.length, stock.mock.calls]).toEqual([1, [['b', theirs]]])
  stock.mockRestore()
})
