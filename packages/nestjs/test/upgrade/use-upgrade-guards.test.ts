import 'reflect-metadata'
import { type CanActivate, UseGuards } from '@nestjs/common'
import { GUARDS_METADATA } from '@nestjs/common/internal'
import { expect, test } from 'vitest'
import { UseUpgradeGuards } from '@tocsin/nestjs'
import { isDecision } from '../../src/upgrade/use-upgrade-guards.js'

class A implements CanActivate { canActivate(): boolean { return true } }
class B implements CanActivate { canActivate(): boolean { return true } }

const methodOf = ({ prototype }: { prototype: object }): (() => unknown) => Reflect.get(prototype, 'handleUpgrade') as () => unknown
const guardsOf = (type: { prototype: object }): unknown => Reflect.getMetadata(GUARDS_METADATA, methodOf(type))

test('is UseGuards on handleUpgrade', () => {
  @UseUpgradeGuards(A, B)
  class Gateway { handleUpgrade(): string { return 'data' } }
  expect(guardsOf(Gateway)).toEqual([A, B])
  expect(methodOf(Gateway)()).toBe('data')
  expect(isDecision(methodOf(Gateway))).toBe(true)
  expect(Reflect.getMetadata(GUARDS_METADATA, Gateway)).toBeUndefined()
})

test('adds the method where there is none; that says nothing about the data', () => {
  @UseUpgradeGuards(A)
  class Gateway {}
  expect(guardsOf(Gateway)).toEqual([A])
  expect(isDecision(methodOf(Gateway))).toBe(false)
  expect(isDecision(undefined)).toBe(false)
})

test('guards of a class are not those of its base class', () => {
  class Base {
    @UseGuards(A) handleUpgrade(): unknown { return this.constructor.name }
  }
  @UseUpgradeGuards(B)
  class Derived extends Base {}
  expect([guardsOf(Base), guardsOf(Derived)]).toEqual([[A], [A, B]])
  expect(methodOf(Derived).call(new Derived())).toBe('Derived')
})
