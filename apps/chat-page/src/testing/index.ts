// For the tests of every chat application: the same contract, over the wire and in a browser.

export { chatContract } from './contract.js'
export { chatInBrowser } from './browser.js'
export { chatProcess } from './process.js'
export { ChatClient, type ChatEvent } from './chat-client.js'
export { upgradeAnswer, type HttpAnswer } from './upgrade-answer.js'
export type { RunningChat, StartChat } from './running-chat.js'
export { chromiumPath, launchChromium } from './chromium.js'
