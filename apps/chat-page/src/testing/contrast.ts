// Measures the contrast of every visible text. Runs inside the page: it may use nothing from outside itself.

/** The texts whose contrast is below 4.5:1 (WCAG 2.2, 1.4.3). */
export function faintTexts(): string[] {
  const canvas = document.createElement('canvas').getContext('2d', { willReadFrequently: true })
  const pixel = (colours: string[]) => {
    for (const colour of canvas ? colours : []) {
      canvas!.fillStyle = colour
      canvas!.fillRect(0, 0, 1, 1)
    }
    return [...canvas!.getImageData(0, 0, 1, 1).data].slice(0, 3)
  }
  const luminance = (rgb: number[]) => rgb.map((value) => value / 255)
    .map((value) => value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4)
    .reduce((sum, value, index) => sum + value * [0.2126, 0.7152, 0.0722][index]!, 0)
  const backgrounds = (element: Element | null): string[] =>
    element ? [...backgrounds(element.parentElement), getComputedStyle(element).backgroundColor] : ['#fff']
  const contrast = (element: Element) => {
    const below = backgrounds(element)
    const [a, b] = [luminance(pixel([...below, getComputedStyle(element).color])), luminance(pixel(below))]
    return (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05)
  }
  const hasText = (element: Element) => [...element.childNodes].some((node) => node.nodeType === Node.TEXT_NODE && node.textContent?.trim())
  return [...document.querySelectorAll('body *')]
    .filter((element) => element.checkVisibility() && hasText(element) && contrast(element) < 4.5)
    .map((element) => `${element.textContent?.trim()}: ${contrast(element).toFixed(2)}`)
}
