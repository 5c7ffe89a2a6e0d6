// The shop's colour and light or dark, as the page around says. Text on and in that colour is made readable.
const PAPERS = { light: [[250, 247, 242], [255, 255, 255]], dark: [[23, 21, 19], [33, 31, 28]] };
const INKS = { light: [0, 0, 0], dark: [255, 255, 255] }, READABLE = 4.6;

// [red, green, blue] of any colour that CSS knows; null for what is none.
function rgbOf(colour) {
  const paint = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
  if (typeof colour !== "string" || !CSS.supports("color", colour)) return null;
  paint.fillStyle = colour; paint.fillRect(0, 0, 1, 1);
  return Array.from(paint.getImageData(0, 0, 1, 1).data.slice(0, 3));
}
function luminance(rgb) {
  const [r, g, b] = rgb.map(n => (n /= 255) <= 0.04045 ? n / 12.92 : ((n + 0.055) / 1.055) ** 2.4);
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}
function contrast(one, other) {
  const [high, low] = [luminance(one), luminance(other)].sort((a, b) => b - a);
  return (high + 0.05) / (low + 0.05);
}
const mixed = (one, other, share) => one.map((n, at) => Math.round(n + (other[at] - n) * share));
const css = rgb => "rgb(" + rgb.join(" ") + ")";
// The colour, as much darker or lighter as it takes to be read on all of these.
function inked(colour, ink, papers) {
  for (let share = 0; share < 1; share += 0.04) { const found = mixed(colour, ink, share); if (papers.every(paper => contrast(found, paper) >= READABLE)) return found; }
  return ink;
}

function themed({ colour, theme } = {}) {
  const root = document.documentElement, brand = rgbOf(colour);
  if (theme === "light" || theme === "dark") root.dataset.theme = theme; else delete root.dataset.theme;
  if (!brand) return;
  const both = { soft: {}, ink: {}, deep: {} };
  for (const scheme of ["light", "dark"]) {
    const soft = mixed(PAPERS[scheme][1], brand, scheme === "light" ? 0.12 : 0.24);
    both.soft[scheme] = soft;
    both.ink[scheme] = inked(brand, INKS[scheme], PAPERS[scheme]);
    both.deep[scheme] = inked(brand, INKS[scheme], [...PAPERS[scheme], soft]);
  }
  const [white, black] = [[255, 255, 255], [20, 18, 15]];
  root.style.setProperty("--accent", css(brand));
  root.style.setProperty("--on-accent", css(contrast(brand, white) >= contrast(brand, black) || contrast(brand, white) >= READABLE ? white : black));
  for (const [name, by] of Object.entries(both)) root.style.setProperty("--accent-" + name, `light-dark(${css(by.light)}, ${css(by.dark)})`);
}
