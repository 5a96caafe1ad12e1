throw new TypeError('this script is broken');
