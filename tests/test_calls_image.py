"""Images: colours, sizes, boxes, files."""

# ruff: noqa: E501  a line is an expression

import numpy as np
from expressions import calls


def names(tf, C, F):  # noqa: N803
    return dict(
        I=tf.image,
        im=C(F(4, 4, 3) / 12),
        b=C(F(1, 4, 4, 3) / 12),
        g=C(F(4, 4, 1) / 4),
        u8=C(np.arange(48, dtype="uint8").reshape(4, 4, 3) * 5),
    )


test_calls = calls(
    names,
    r"""
I.adjust_brightness(im,0.1)
I.adjust_brightness(u8,0.1)
I.adjust_brightness(C([[1,2]]),0.5)
I.adjust_contrast(im,2.)
I.adjust_contrast(u8,2.)
I.adjust_contrast(C([1.,2.]),2.)
I.adjust_gamma(im,2.)
I.adjust_gamma(u8,2.)
I.adjust_gamma(im,-1.)
I.adjust_gamma(im,2.,3.)
I.adjust_hue(im,0.1)
I.adjust_hue(u8,0.1)
I.adjust_hue(im,2.)
I.adjust_hue(g,0.1)
I.adjust_saturation(im,2.)
I.adjust_saturation(g,2.)
I.adjust_saturation(im,-1.)
I.adjust_jpeg_quality(im,75).shape
I.central_crop(im,0.5)
I.central_crop(im,1.)
I.central_crop(im,0.)
I.central_crop(im,1.5)
I.central_crop(C([1.,2.]),0.5)
I.central_crop(b,0.5).shape
I.convert_image_dtype(im,tf.uint8)
I.convert_image_dtype(u8,tf.float32)
I.convert_image_dtype(C([1.5,-0.5]),tf.uint8)
I.convert_image_dtype(C([1.5,-0.5]),tf.uint8,saturate=True)
I.convert_image_dtype(u8,tf.uint16)[0,0]
I.convert_image_dtype(C([70000],tf.int32),tf.uint8)
I.convert_image_dtype(C([300],tf.uint16),tf.uint8)
I.convert_image_dtype(C([1.]),tf.int32)
I.convert_image_dtype(C([1.]),tf.float64)
I.convert_image_dtype(C([-5],tf.int8),tf.uint8)
I.crop_to_bounding_box(im,1,1,2,2).shape
I.crop_to_bounding_box(im,1,1,4,2)
I.crop_to_bounding_box(im,-1,1,2,2)
I.crop_to_bounding_box(im,1,1,0,2)
I.crop_to_bounding_box(C([1.]),1,1,0,2)
I.pad_to_bounding_box(im,1,1,6,6)[0]
I.pad_to_bounding_box(im,1,1,3,6)
I.pad_to_bounding_box(im,-1,1,6,6)
I.pad_to_bounding_box(b,1,1,6,6).shape
I.resize_with_crop_or_pad(im,2,6).shape
I.resize_with_crop_or_pad(im,6,2)[0]
I.resize_with_crop_or_pad(im,0,2)
I.resize_with_crop_or_pad(b,2,6).shape
I.resize_with_pad(im,2,6)
I.resize_with_pad(im,0,6)
I.flip_left_right(im)[0]
I.flip_up_down(im)[0]
I.flip_left_right(C([1.,2.]))
I.flip_left_right(C(F(2,2)))
I.flip_left_right(b)[0,0]
I.transpose(im).shape
I.transpose(C(F(2,2)))
I.rot90(im)[0]
I.rot90(im,k=2)[0]
I.rot90(im,k=3)[0]
I.rot90(im,k=5)[0]
I.rot90(im,k=-1)[0]
I.rot90(b,k=1)[0,0]
I.rot90(C([1.]))
I.rgb_to_grayscale(im)
I.rgb_to_grayscale(u8)
I.rgb_to_grayscale(g)
I.rgb_to_grayscale(C([1.,2.,3.]))
I.grayscale_to_rgb(g).shape
I.grayscale_to_rgb(im)
I.grayscale_to_rgb(C([1.,2.]))
I.rgb_to_hsv(im)
I.hsv_to_rgb(im)
I.rgb_to_hsv(g)
I.rgb_to_hsv(u8)
I.rgb_to_yiq(im)
I.yiq_to_rgb(im)
I.rgb_to_yuv(im)
I.yuv_to_rgb(im)
I.per_image_standardization(im)
I.per_image_standardization(u8)
I.per_image_standardization(tf.ones([2,2,1]))
I.per_image_standardization(b).shape
I.per_image_standardization(C([1.]))
I.resize(im,[2,2])
I.resize(im,[6,6])[0]
I.resize(im,[2,2],method='nearest')
I.resize(im,[6,6],method='bicubic')[0]
I.resize(im,[2,2],method='area')
I.resize(im,[6,6],method='lanczos3')[0]
I.resize(im,[6,6],method='lanczos5')[0]
I.resize(im,[6,6],method='gaussian')[0]
I.resize(im,[6,6],method='mitchellcubic')[0]
I.resize(im,[2,2],antialias=True)
I.resize(u8,[2,2])
I.resize(u8,[2,2],method='nearest')
I.resize(u8,[2,2],method='bicubic')
I.resize(u8,[2,2],method='area')
I.resize(im,[2,3],preserve_aspect_ratio=True).shape
I.resize(im,[4,4])[0]
I.resize(u8,[4,4])[0]
I.resize(im,[2])
I.resize(im,2)
I.resize(im,[2,2,2])
I.resize(im,[0,2])
I.resize(im,[-1,2])
I.resize(C([1.]),[2,2])
I.resize(C(F(2,2)),[2,2])
I.resize(im,[2,2],method='foo')
I.resize(im,(2,2),method=I.ResizeMethod.NEAREST_NEIGHBOR).shape
I.resize(C(np.ones((4,4,1),'float16')),[2,2]).dtype
I.resize(C(np.ones((4,4,1),'float64')),[2,2]).dtype
I.resize(b,C([2,2])).shape
I.crop_and_resize(b,[[0.,0.,1.,1.]],[0],[2,2])
I.crop_and_resize(b,[[0.,0.,1.5,1.]],[0],[2,2],extrapolation_value=9.)
I.crop_and_resize(b,[[0.,0.,1.,1.]],[0],[2,2],method='nearest')
I.crop_and_resize(b,[[0.,0.,1.,1.]],[1],[2,2])
I.crop_and_resize(b,[[0.,0.,1.,1.]],[0],[2])
I.crop_and_resize(b,[[0.,0.,1.]],[0],[2,2])
I.crop_and_resize(im,[[0.,0.,1.,1.]],[0],[2,2])
I.extract_patches(b,[1,2,2,1],[1,2,2,1],[1,1,1,1],'VALID').shape
I.extract_patches(b,[1,2,2,1],[1,1,1,1],[1,2,2,1],'SAME')[0,0,0]
I.draw_bounding_boxes(b,[[[0.1,0.1,0.8,0.8]]],[[1.,0.,0.]])[0,0]
I.non_max_suppression([[0.,0.,1.,1.],[0.,0.,1.,0.9],[2.,2.,3.,3.]],[0.9,0.8,0.7],3)
I.non_max_suppression([[0.,0.,1.,1.],[0.,0.,1.,0.9],[2.,2.,3.,3.]],[0.9,0.8,0.7],3,iou_threshold=0.95)
I.non_max_suppression([[0.,0.,1.,1.]],[0.9],3,score_threshold=1.)
I.non_max_suppression([[0.,0.,1.,1.]],[0.9,0.1],3)
I.non_max_suppression([[0.,0.,1.]],[0.9],3)
I.non_max_suppression([[0.,0.,1.,1.]],[0.9],3,iou_threshold=2.)
I.non_max_suppression_padded([[0.,0.,1.,1.]],[0.9],3,pad_to_max_output_size=True)
I.non_max_suppression_with_scores([[0.,0.,1.,1.],[0.,0.,1.,0.9]],[0.9,0.8],3,soft_nms_sigma=0.5)
I.non_max_suppression_overlaps([[1.,0.5],[0.5,1.]],[0.9,0.8],3)
I.combined_non_max_suppression([[[[0.,0.,1.,1.]]]],[[[0.9]]],2,2)
I.psnr(im,im*0.9,1.)
I.psnr(im,im,1.)
I.psnr(im,C(F(2,2,3)),1.)
I.psnr(u8,u8+1,255)
I.ssim(C(F(1,12,12,1)/144),C(F(1,12,12,1)/150),1.)
I.ssim(im,im,1.)
I.ssim(C(F(1,12,12,1)/144),C(F(1,12,12,1)/150),1.,filter_size=5)
I.ssim(C(F(1,12,12,1)),C(F(1,12,12,2)),1.)
I.image_gradients(b)[0][0,0]
I.image_gradients(im)
I.sobel_edges(b)[0,0]
I.total_variation(im)
I.total_variation(b)
I.total_variation(C([1.]))
I.random_brightness(im,0.1,seed=1).shape
I.random_brightness(im,-0.1)
I.random_contrast(im,0.5,0.1)
I.random_contrast(im,-0.5,0.1)
I.random_hue(im,0.6)
I.random_hue(im,-0.1)
I.random_saturation(im,0.5,0.1)
I.random_jpeg_quality(im,80,70)
I.random_jpeg_quality(im,-1,70)
tf.image.random_crop(im,[2,2,3],seed=1).shape
tf.image.random_crop(im,[5,2,3])
I.stateless_random_brightness(im,0.2,(1,2))[0]
I.stateless_random_contrast(im,0.2,0.5,(1,2))[0]
I.stateless_random_hue(im,0.2,(1,2))[0]
I.stateless_random_saturation(im,0.2,0.5,(1,2))[0]
I.stateless_random_flip_left_right(im,(1,2))[0]
I.stateless_random_flip_up_down(b,(1,2))[0,0]
I.stateless_random_crop(im,[2,2,3],(1,2))
I.stateless_random_jpeg_quality(u8,70,80,(1,2)).shape
tf.random.set_seed(1) or I.random_flip_left_right(im)[0]
tf.random.set_seed(1) or I.random_flip_up_down(b)[0,0]
tf.random.set_seed(1) or I.random_brightness(im,0.2)[0]
tf.random.set_seed(1) or I.random_contrast(im,0.2,0.5)[0]
tf.random.set_seed(1) or I.random_hue(im,0.2)[0]
tf.random.set_seed(1) or I.random_saturation(im,0.2,0.5)[0]
tf.io.decode_png(tf.io.encode_png(u8))==u8
tf.io.decode_image(tf.io.encode_png(u8)).shape
tf.io.decode_png(tf.io.encode_png(u8),channels=1)
tf.io.decode_png(tf.io.encode_png(u8),channels=4).shape
tf.io.decode_png(tf.io.encode_png(u8),dtype=tf.uint16)[0,0]
tf.io.decode_png(b'garbage')
tf.io.decode_image(b'garbage')
tf.io.decode_jpeg(b'garbage')
tf.io.decode_jpeg(tf.io.encode_jpeg(u8)).shape
tf.io.decode_jpeg(tf.io.encode_jpeg(u8),channels=1).shape
tf.io.decode_jpeg(tf.io.encode_jpeg(u8),ratio=2).shape
tf.io.decode_jpeg(tf.io.encode_jpeg(u8),ratio=3)
tf.io.encode_png(im)
tf.io.encode_png(C([1],tf.uint8))
tf.io.encode_jpeg(im)
tf.io.extract_jpeg_shape(tf.io.encode_jpeg(u8))
tf.io.decode_image(tf.io.encode_jpeg(u8),dtype=tf.float32).dtype
tf.io.decode_image(tf.io.encode_png(u8),channels=2)
I.resize(b,[3,3],antialias=True,method='bicubic')[0,0]
I.resize(b,[3,3],antialias=True,method='lanczos3')[0,0]
grad(lambda a:I.resize(a,[2,2]),b)
grad(lambda a:I.resize(a,[3,3],method='bicubic'),b)
grad(lambda a:I.resize(a,[2,2],method='nearest'),b)
grad(lambda a:I.rgb_to_grayscale(a),b)
grad(lambda a:I.crop_and_resize(a,[[0.,0.,1.,1.]],[0],[2,2]),b)
grad(lambda a:I.total_variation(a),b)
""",
)
