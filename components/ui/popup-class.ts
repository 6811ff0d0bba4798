/** What floats above the page: menus and popovers. */
export const popupClass =
  'origin-(--transform-origin) rounded-lg border border-line bg-raised text-ink text-sm shadow-lg outline-none transition-[opacity,scale] data-ending-style:scale-[0.97] data-ending-style:opacity-0 data-instant:transition-none data-starting-style:scale-[0.97] data-starting-style:opacity-0'
