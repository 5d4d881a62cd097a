/** The arrow keys that lead back and forth along a line of the language that is shown: they change sides in Arabic. */
export function lineArrows(): { back: 'ArrowLeft' | 'ArrowRight'; forth: 'ArrowLeft' | 'ArrowRight' } {
  return document.documentElement.dir === 'rtl'
    ? { back: 'ArrowRight', forth: 'ArrowLeft' }
    : { back: 'ArrowLeft', forth: 'ArrowRight' };
}
