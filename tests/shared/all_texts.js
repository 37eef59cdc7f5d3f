// Every text that a page shows, those within shadow roots, too: [text, contrast to what is behind it, size in pixels].
() => {
    const rgb = (text) => {
        const numbers = text.match(/[\d.]+/g).map(Number);
        return { colour: numbers.slice(0, 3), alpha: numbers[3] ?? 1 };
    };
    const luminance = (colour) => { // WCAG 2.1
        const [r, g, b] = colour.map((x) => (x / 255 <= 0.03928 ? x / 255 / 12.92 : ((x / 255 + 0.055) / 1.055) ** 2.4));
        return 0.2126 * r + 0.7152 * g + 0.0722 * b;
    };
    const behind = (element) => {
        for (let at = element; at; at = at.parentElement ?? at.getRootNode().host) {
            const { colour, alpha } = rgb(getComputedStyle(at).backgroundColor);
            if (alpha > 0.99) return colour;
        }
        return rgb(getComputedStyle(document.body).backgroundColor).colour;
    };
    const found = [];
    const walk = (root) => {
        for (const element of root.querySelectorAll("*")) {
            if (element.shadowRoot) walk(element.shadowRoot);
            const own = [...element.childNodes].some((node) => node.nodeType === 3 && node.textContent.trim());
            if (!own || ["STYLE", "SCRIPT", "OPTION"].includes(element.tagName) || !element.getClientRects().length) continue;
            if (element.closest("[disabled], .hidden, .off")) continue; // what is off may be faint
            const style = getComputedStyle(element), svg = element.closest("svg"), box = element.closest(".box, .node");
            const front = rgb(svg ? style.fill : style.color).colour;
            const back = box ? rgb(getComputedStyle(box.querySelector("rect, path")).fill).colour : behind(svg?.parentElement ?? element);
            const [light, dark] = [luminance(front), luminance(back)].sort((a, b) => b - a);
            const size = parseFloat(style.fontSize) * (svg ? element.getScreenCTM().a : 1);
            found.push([element.textContent.trim().slice(0, 40), (light + 0.05) / (dark + 0.05), size]);
        }
    };
    walk(document);
    return found;
}
