// Runs in the page; its value is the contrast of every kind of text to what is behind it, as WCAG 2.2 computes it.
(() => {
  const selectors = [".text", ".about", ".help", "#state", "button[type=submit]", ".conversations li button"];
  const numbers = (color) => (color.match(/[\d.]+/g) ?? []).map(Number);

  function luminance(color) {
    const [red, green, blue] = numbers(color).map((value) => {
      const part = value / 255;
      return part <= 0.03928 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  }

  function contrast(element) {
    let behind = element;
    while (numbers(getComputedStyle(behind).backgroundColor)[3] === 0) behind = behind.parentElement;
    const text = luminance(getComputedStyle(element).color);
    const paper = luminance(getComputedStyle(behind).backgroundColor);
    return (Math.max(text, paper) + 0.05) / (Math.min(text, paper) + 0.05);
  }

  return selectors.flatMap((selector) =>
    [...document.querySelectorAll(`#chat ${selector}, .bar ${selector}`)].map((element) => ({
      selector,
      ratio: contrast(element),
    })),
  );
})();
