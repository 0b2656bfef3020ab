#!/bin/sh
# Files real programs wrote, for the readers of src/data: sox (WAV), numpy (npy, npz), Pillow (images).
# Run in this folder: sh make.sh
set -e
mkdir -p wav numpy images
base='synth 0.05 sine 300-2500 vol 0.6'
sox -D -R -n -r 8000 -c 1 -b 16 wav/pcm16.wav $base
sox -D -R -n -r 8000 -c 1 -b 8 -e unsigned wav/pcm8.wav $base
sox -D -R -n -r 8000 -c 1 -b 24 wav/pcm24-extensible.wav $base
sox -D -R -n -r 8000 -c 1 -b 32 -e signed wav/pcm32-extensible.wav $base
sox -D -R -n -r 8000 -c 1 -b 32 -e float wav/float32.wav $base
sox -D -R -n -r 8000 -c 1 -b 64 -e float wav/float64.wav $base
sox -D -R -n -r 8000 -c 1 -e a-law wav/a-law.wav $base
sox -D -R -n -r 8000 -c 1 -e mu-law wav/mu-law.wav $base
sox -D -R -n -r 8000 -c 1 -e ms-adpcm wav/refused-adpcm.wav $base
sox -D -R -n -r 8000 -c 2 -b 16 wav/stereo.wav synth 0.05 sine 300 sine 700 vol 0.6
sox -D -R -n -r 8000 -c 1 -b 16 -t wav - $base > wav/piped.wav
for file in wav/[!r]*.wav; do sox -D "$file" -t f64 -c 1 "${file%.wav}.f64"; done
sox -D wav/stereo.wav -t f64 wav/stereo-both.f64
# resampling: band-limited noise, so that two good filters agree
sox -D -R -n -r 16000 -c 1 -e float -b 32 wav/band.wav synth 0.25 pinknoise lowpass 2000 lowpass 2000 lowpass 2000 vol 0.5
sox -D -R wav/band.wav -t f32 wav/band-8000.f32 rate -v 8000
sox -D -R wav/band.wav -t f32 wav/band-22050.f32 rate -v 22050
rm wav/band.f64 2>/dev/null || true
# FLAC of every kind of channel coding, with flac's own decoding beside it (whole numbers, channels interleaved)
mkdir -p flac
encode() { # name, raw format of the samples, then flac's options
  name=$1 format=$2; shift 2
  sox -D -R -n $format flac/in.raw $effects
  flac -s -f --no-padding --endian=little --sign=signed "$@" -o flac/$name.flac flac/in.raw
  flac -s -f -d --force-raw-format --endian=little --sign=signed -o flac/$name.raw flac/$name.flac
}
mono16='-r 8000 -c 1 -b 16 -e signed -t raw' raw16='--force-raw-format --sample-rate=8000 --channels=1 --bps=16'
effects='synth 0.1 pinknoise vol 0.7'
encode best "$mono16" $raw16 -8
encode fixed "$mono16" $raw16 -0 -b 192
effects='synth 0.1 sine 311 synth 0.1 sine mix 733 synth 0.1 sine mix 1291 synth 0.1 sine mix 2477 synth 0.1 sine mix 3301 vol 0.5'
encode long-predictor "$mono16" $raw16 --lax -l 32 -q 14 -b 400 -T ARTIST=nobody -P 64
effects='synth 0.1 whitenoise vol 0.999'
encode verbatim "$mono16" $raw16 -l 0 --disable-fixed-subframes -b 256
effects='synth 0.1 sine 0 vol 0'
encode constant "$mono16" $raw16 -5
effects='synth 0.1 sine 300-2500 vol 0.6'
encode eight "-r 11025 -c 1 -b 8 -e signed -t raw" --force-raw-format --sample-rate=11025 --channels=1 --bps=8 -5
stereo='--force-raw-format --sample-rate=44100 --channels=2 --bps=24'
effects='synth 0.03 pinknoise synth 0.03 sine mix 330 vol 0.5'
encode stereo "-r 44100 -c 2 -b 24 -e signed -t raw" $stereo -8
effects='synth 0.03 whitenoise whitenoise remix 1v0.8,2v0.1 1v0.8,2v-0.1'
encode mid-side "-r 44100 -c 2 -b 24 -e signed -t raw" $stereo -8 -e
# a stream of unknown length, and 24-bit samples whose low 8 bits are never used
flac -s -c --no-padding --endian=little --sign=signed $raw16 -5 - < flac/best.raw > flac/piped.flac
cp flac/best.raw flac/piped.raw
sox -r 8000 -c 1 -b 16 -e signed -t raw flac/best.raw -b 24 -t raw flac/wasted.raw
flac -s -f --no-padding --endian=little --sign=signed --force-raw-format --sample-rate=8000 --channels=1 --bps=24 -5 -o flac/wasted.flac flac/wasted.raw
rm flac/in.raw
/usr/bin/python3 make.py
/usr/bin/python3 make_layouts.py
# pictures as ImageMagick writes them, of one picture by Pillow
mkdir -p magick
for to in progressive.jpg cmyk.jpg grey.jpg interlaced.png two-colours.png lossy.webp; do
  case $to in
    progressive.jpg) options='-interlace JPEG -quality 95' ;;
    cmyk.jpg) options='-colorspace CMYK -quality 95' ;;
    grey.jpg) options='-colorspace Gray -quality 95' ;;
    interlaced.png) options='-interlace PNG' ;;
    two-colours.png) options='-threshold 50% -type bilevel' ;;
    lossy.webp) options='-quality 95' ;;
  esac
  convert images/colour.png $options -strip magick/$to
done
for to in refused.bmp refused.tiff refused.gif; do convert images/colour.png -strip refused/$to; done
